using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Engine.Tests.Standalone;

/// <summary>The library example of the README, run as it stands there.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task LibraryExample_OnAnEmptyDirectory_ApprovesTheAuthorisation()
    {
        var directory = Path.Combine(Path.GetTempPath(), "creditgrains-" + Path.GetRandomFileName());
        try
        {
            await using var engine = CreditEngine.Open(new EngineOptions { DataDirectory = directory, Clock = TimeProvider.System });
            var eur = Currency.Parse("EUR");
            var borrower = new NodeKey(42, Tenant: 1, LegalEntity: 1, NodeKind.Borrower);
            var card = NodeKey.Facility(tenant: 1, legalEntity: 1, id: 4711);
            RequestId NewId() => RequestId.FromGuid(Guid.CreateVersion7());

            await engine.ExecuteAsync(Command.Of(NewId(), new OpenNode(borrower, eur, Limit: 500_000, default, [])));
            await engine.ExecuteAsync(Command.Of(NewId(), new OpenFacility(card, eur, 200_000, default, false, 0, [new ParentShare(borrower)])));

            var decision = await engine.ExecuteAsync(new Command
            {
                Kind = CommandKind.Authorize, Id = NewId(), Facility = card, Amount = 12_900, Currency = eur, Channel = Channel.Online,
            });
            Assert.Equal((OutcomeKind.Approved, 187_100), (decision.Kind, decision.Headroom));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
