using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Pools;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;

namespace CreditGrains.Dashboard.Browser;

/// <summary>A live pool of a hundred thousand loans of different terms and rates in the measured engine.</summary>
internal static class MeasuredLivePool
{
    public const string Id = "live-2-1";
    private const int Loans = 100_000;
    private const ulong Session = 0xDA5_4B0A_0D00_0002;
    private static readonly NodeKey Pool = new(1, 1, 2, NodeKind.Pool);
    private static readonly DateOnly CutOff = new(2026, 1, 31);
    private static readonly Currency Eur = Currency.Parse("EUR");

    public static async Task FillAsync(ICreditEngine engine)
    {
        var place = 0L;
        var outcomes = new Outcome[ICreditEngine.BatchLengthMax];
        foreach (var part in Controls().Chunk(ICreditEngine.BatchLengthMax))
        {
            var commands = part.Select(control => Command.Of(RequestId.ForSession(Session, ++place), control)).ToArray();
            await engine.ExecuteAsync(commands, outcomes);
            for (var i = 0; i < commands.Length; i++)
                if (outcomes[i].Kind != OutcomeKind.Posted) throw new InvalidOperationException($"{commands[i].Kind} was answered {outcomes[i].Reason}.");
        }
    }

    private static IEnumerable<ControlCommand> Controls()
    {
        yield return new OpenNode(Pool, Eur, Command.AmountMax, default, []);
        yield return new DefinePool(Pool, Encoding.UTF8.GetBytes("""
            { "name": "measured", "currency": "EUR", "cutOff": "2026-01-31", "buckets": [0, 30, 60, 90], "default": { "daysPastDue": 91 },
              "triggers": [{ "name": "late", "measure": "delinquency", "level": 0.1 }] }
            """));
        for (var i = 1; i <= Loans; i++)
            yield return new PutLoanInPool(Pool, i, TransferKind.Purchase, CutOff, new LoanCandidate
            {
                Currency = Eur, Principal = 500_000 + i % 9_000 * 100, RatePpm = 30_000 + i % 200 * 500, RemainingMonths = 6 + i % 55, Region = 1 + i % 31, Industry = 1 + i % 20, Obligor = i,
                Origination = CutOff.AddMonths(-1 - i % 24),
            });
    }
}
