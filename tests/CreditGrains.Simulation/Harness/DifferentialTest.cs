using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Events;
using CreditGrains.Simulation.Clients;
using CreditGrains.Simulation.Model;
using CreditGrains.Simulation.Workload;

namespace CreditGrains.Simulation.Harness;

/// <summary>The shipped executor and the model, side by side, without a disk.</summary>
public sealed class DifferentialTest
{
    private const long Start = 1_780_000_000_000_000;

    [Fact]
    public void Executor_OverManySeeds_AgreesWithTheModel()
    {
        int seeds = int.Parse(Environment.GetEnvironmentVariable("SEEDS") ?? "30");
        var failures = new Dictionary<string, int>();
        for (ulong seed = 1; seed <= (ulong)seeds; seed++)
        {
            try
            {
                Run(seed);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                string text = $"{e.GetType().Name} {e.Message} {(e is ModelMismatchException or PromiseBrokenException ? "" : e.StackTrace)}";
                Console.WriteLine($"seed {seed}: {text}");
                failures[e.Message] = 1;
            }
        }
        Assert.Empty(failures);
    }

    private static void Run(ulong seed)
    {
        var dice = new Dice(seed);
        using var engine = new BareEngine(new Engine.Execution.EngineRules(7 * 86_400, 7 * 86_400, 4, 2, 4_096));
        LedgerEvent current = default;
        var model = new ReferenceModel(4, _ => BareEngine.SliceOf(current));
        var plan = new WorldPlan(dice.Fork(), Start);
        var time = new TimeSource(dice.Fork(), model.World, Start);
        var fleet = new Fleet(dice.Fork(), plan, new Profile(dice.Fork()), model.World);
        var letters = new Correspondence();
        for (int step = 0; step < 250; step++)
        {
            time.Advance();
            Submission[] batch = [.. Enumerable.Range(0, 1 + dice.Below(5)).Select(_ => fleet.Next(time.Now))];
            Command[] commands = [.. batch.Select(submission => submission.Command)];
            Outcome[] outcomes = engine.Execute(commands, time.Now);
            long now = Math.Max(model.World.LastRecordedAt, time.Now);
            for (int i = 0; i < commands.Length; i++)
            {
                void Observe(long upTo, Command? command)
                {
                    while (model.World.LastSequence < upTo)
                    {
                        current = engine.Journal[(int)model.World.LastSequence];
                        model.Observe(EventMapping.ToRecord(current), current.Sequence == upTo ? command : null);
                    }
                }
                bool isNew = outcomes[i].Kind != OutcomeKind.Refused && !outcomes[i].Duplicate;
                if (isNew) Observe(outcomes[i].Sequence - 1, null);
                Admission admission = model.Admit(commands[i], now);
                string wanted = admission.Reason != Reason.None ? $"Refused {admission.Reason}" : admission.Earlier is { } earlier ? $"Repeat {earlier.Event.Sequence}" : "New";
                string found = outcomes[i].Kind == OutcomeKind.Refused ? $"Refused {outcomes[i].Reason}" : outcomes[i].Duplicate ? $"Repeat {outcomes[i].Sequence}" : "New";
                if (wanted != found) throw new ModelMismatchException($"step {step}: {commands[i].Kind} {commands[i].Control} {commands[i].Id}: rules say {wanted}, engine {found} {outcomes[i].Message}");
                if (isNew) Observe(outcomes[i].Sequence, commands[i]);
                if (found != wanted || outcomes[i].Kind == OutcomeKind.Refused) { }
                else if (EventDiff.OutcomeFault(outcomes[i], EventMapping.ToRecord(engine.Journal[(int)outcomes[i].Sequence - 1])) is { } fault) throw new ModelMismatchException(fault);
                letters.Acknowledge(commands[i], outcomes[i]);
                batch[i].Client?.Hear(commands[i], outcomes[i]);
            }
            while (model.World.LastSequence < engine.Journal.Count)
            {
                current = engine.Journal[(int)model.World.LastSequence];
                model.Observe(EventMapping.ToRecord(current));
            }
        }
    }
}
