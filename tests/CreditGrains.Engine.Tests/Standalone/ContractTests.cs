using CreditGrains.Contract;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Engine.Tests.Standalone;

/// <summary>One standalone engine on a directory of its own, shared by the tests of a contract.</summary>
public sealed class ContractHost : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("creditgrains-contract-").FullName;

    private RiskDesk? desk;

    public ICreditEngine Engine { get; private set; } = null!;

    public IRiskDesk Desk => desk ??= ((CreditEngine)Engine).StartRiskDesk();

    public Task InitializeAsync()
    {
        Engine = CreditEngine.Open(new EngineOptions { DataDirectory = directory, Clock = TimeProvider.System });
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (desk is not null) await desk.DisposeAsync();
        await Engine.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }
}

public sealed class StandaloneRequestTests(ContractHost host) : RequestContract(() => host.Engine), IClassFixture<ContractHost>;

public sealed class StandaloneFactTests(ContractHost host) : FactContract(() => host.Engine), IClassFixture<ContractHost>;

public sealed class StandaloneIdentityTests(ContractHost host) : IdentityContract(() => host.Engine), IClassFixture<ContractHost>;

public sealed class StandaloneGraphTests(ContractHost host) : GraphContract(() => host.Engine), IClassFixture<ContractHost>;

public sealed class StandaloneQueryTests(ContractHost host) : QueryContract(() => host.Engine), IClassFixture<ContractHost>;

public sealed class StandaloneLoanTests(ContractHost host) : LoanContract(() => host.Engine), IClassFixture<ContractHost>;

public sealed class StandalonePoolTests(ContractHost host) : PoolContract(() => host.Engine), IClassFixture<ContractHost>;
public sealed class StandaloneRiskTests(ContractHost host) : RiskContract(() => host.Engine, () => host.Desk), IClassFixture<ContractHost>;
