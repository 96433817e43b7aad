using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Documentation.Tests;

/// <summary>The engine in process, as the README shows it.</summary>
public sealed class LibraryUse
{
    [Fact]
    public void Readme_ItsLines_AreThoseRunBelow()
    {
        var page = File.ReadAllText(Checkout.PathOf("README.md"));
        var from = page.IndexOf("```csharp\n", StringComparison.Ordinal) + "```csharp\n".Length;
        var shown = page[from..page.IndexOf("\n```", from, StringComparison.Ordinal)].Split('\n');
        var run = File.ReadAllLines(Checkout.PathOf("tests", "CreditGrains.Documentation.Tests", "LibraryUse.cs"));
        var begin = Array.FindIndex(run, line => line.EndsWith("// README begins.", StringComparison.Ordinal)) + 1;
        var end = Array.FindIndex(run, line => line.EndsWith("// README ends.", StringComparison.Ordinal));
        Assert.Equal(shown, run[begin..end].Select(line => line.Length >= 12 ? line[12..] : ""));
    }

    [Fact]
    public async Task Readme_ItsLines_AreApproved()
    {
        var directory = Directory.CreateTempSubdirectory("creditgrains-library-").FullName;
        var before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(directory);
        try
        {
            // README begins.
            await using var engine = CreditEngine.Open(new EngineOptions { DataDirectory = "credit-data", Clock = TimeProvider.System });
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
            Console.WriteLine($"{decision.Kind}, headroom {decision.Headroom}");
            // README ends.
            Assert.Equal((OutcomeKind.Approved, 187_100), (decision.Kind, decision.Headroom));
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
            Directory.Delete(directory, recursive: true);
        }
    }
}
