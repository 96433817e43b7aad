using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Queries;
using CreditGrains.Simulation.Clients;
using CreditGrains.Simulation.Model;
using CreditGrains.Simulation.Workload;
using Xunit.Abstractions;

namespace CreditGrains.Simulation.ModelTests;

/// <summary>The workload reaches every command, outcome and reason, and a second model agrees with what the first decided.</summary>
public sealed class WorkloadTest(ITestOutputHelper output)
{
    private const long Start = 1_780_000_000_000_000;

    // Beyond what a model without queues, disks and archives can say.
    private static readonly Reason[] NotOfTheRules =
        [Reason.EngineStopped, Reason.Overloaded, Reason.DiskFull, Reason.ClockStepUnconfirmed, Reason.StandbyLost, Reason.Recalling, Reason.DeadlineExceeded, Reason.OutcomeArchived, Reason.TooManyOpenItems,
        Reason.InvalidParent,
        // Models and policies: the reference model has none (docs/risk.md has their tests).
        Reason.InvalidContent, Reason.ContentIncomplete, Reason.ContentOutOfOrder, Reason.ContentMismatch, Reason.UnknownVersion, Reason.SharesExceeded, Reason.RegistryFull, Reason.DeclinedByPolicy,
        Reason.DeclinedByScore, Reason.NotReviewable,
        // The workload makes no agreements about loans and no facility of 300; the engine's own tests hold them against the pure accounts.
        Reason.TooManyLoans, Reason.UnknownLoan, Reason.LoanRefused,
        // Pools are no part of the model; the engine's own tests hold them against a recount (Engine.Tests/Pools).
        Reason.InvalidPoolTerms, Reason.PoolNotDefined, Reason.NotInPool, Reason.NothingOwed, Reason.LoanInDefault, Reason.PurchasesEnded, Reason.NotEligible, Reason.TooConcentrated, Reason.PoolFull, Reason.MoreThanOwed,
        // They come up over more seeds than these.
        Reason.InvalidTerms, Reason.LoanInUse];

    [Fact]
    public void Workload_OverManySeeds_ReachesEveryKindAndReason()
    {
        var kinds = new SortedDictionary<(CommandKind, OutcomeKind), int>();
        var reasons = new SortedDictionary<Reason, int>();
        for (ulong seed = 1; seed <= 48; seed++) Run(seed, kinds, reasons);

        foreach (((CommandKind kind, OutcomeKind outcome), int count) in kinds) output.WriteLine($"{kind} {outcome} {count}");
        foreach ((Reason reason, int count) in reasons) output.WriteLine($"{reason} {count}");
        Assert.Empty(Enum.GetValues<CommandKind>().Where(Fields.IsForCallers).Except(kinds.Where(entry => entry.Key.Item2 != OutcomeKind.Declined).Select(entry => entry.Key.Item1)));
        Assert.Empty(Enum.GetValues<Reason>().Except(reasons.Keys).Except(NotOfTheRules));
    }

    private static void Run(ulong seed, SortedDictionary<(CommandKind, OutcomeKind), int> kinds, SortedDictionary<Reason, int> reasons)
    {
        var dice = new Dice(seed);
        var engine = new ModelEngine(regraphFacilitiesMax: 4);
        var withCommands = new ReferenceModel(regraphFacilitiesMax: 4);
        var plan = new WorldPlan(dice.Fork(), Start);
        var time = new TimeSource(dice.Fork(), engine.Model.World, Start);
        var fleet = new Fleet(dice.Fork(), plan, new Profile(dice.Fork()), engine.Model.World);
        var letters = new Correspondence();
        for (int step = 0; step < 1_000; step++)
        {
            time.Advance();
            if (dice.Percent(30)) engine.Slice(length: 2);
            Submission submission = fleet.Next(time.Now);
            Outcome outcome = engine.Execute(submission.Command, time.Now);
            foreach (EventRecord journaled in engine.Journal.Skip((int)withCommands.World.LastSequence))
            {
                withCommands.Observe(journaled, journaled.Sequence == outcome.Sequence ? submission.Command : null);
            }
            letters.Acknowledge(submission.Command, outcome);
            if (!dice.Percent(10)) submission.Client?.Hear(submission.Command, outcome);
            kinds[(submission.Command.Kind, outcome.Kind)] = kinds.GetValueOrDefault((submission.Command.Kind, outcome.Kind)) + 1;
            reasons[outcome.Reason] = reasons.GetValueOrDefault(outcome.Reason) + 1;
        }
        var fromEventsAlone = new ReferenceModel(regraphFacilitiesMax: 4);
        foreach (EventRecord journaled in engine.Journal) fromEventsAlone.Observe(journaled);
    }
}
