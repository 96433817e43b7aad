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
        ulong only = ulong.Parse(Environment.GetEnvironmentVariable("SEED") ?? "0");
        for (ulong seed = only == 0 ? 1 : only; seed <= (only == 0 ? (ulong)seeds : only); seed++)
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
                        try { model.Observe(EventMapping.ToRecord(current), current.Sequence == upTo ? command : null); }
                        catch (ModelMismatchException) when (Environment.GetEnvironmentVariable("SEED") is not null) { Dump(model, current); throw; }
                    }
                }
                bool isNew = outcomes[i].Kind != OutcomeKind.Refused && !outcomes[i].Duplicate && !(outcomes[i].Reason == Reason.Tombstoned && commands[i].Id.IsTimeOrdered);
                if (isNew) Observe(outcomes[i].Sequence - 1, null);
                Admission admission = model.Admit(commands[i], now);
                string wanted = admission.IsBarred ? "Barred" : admission.Reason != Reason.None ? $"Refused {admission.Reason}" : admission.Earlier is { } earlier ? $"Repeat {earlier.Event.Sequence}" : "New";
                string found = outcomes[i].Kind == OutcomeKind.Refused ? $"Refused {outcomes[i].Reason}" : outcomes[i].Duplicate ? $"Repeat {outcomes[i].Sequence}" : isNew ? "New" : "Barred";
                if (wanted != found) throw new ModelMismatchException($"step {step}: {commands[i].Kind} {commands[i].Control} {commands[i].Id}: rules say {wanted}, engine {found} {outcomes[i].Message}");
                if (isNew) Observe(outcomes[i].Sequence, commands[i]);
                if (found != wanted || outcomes[i].Kind == OutcomeKind.Refused) { }
                else if (EventDiff.OutcomeFault(outcomes[i], admission, EventMapping.ToRecord(engine.Journal[(int)outcomes[i].Sequence - 1])) is { } fault) throw new ModelMismatchException(fault);
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

    private static void Dump(ReferenceModel model, LedgerEvent e)
    {
        Console.WriteLine($"DUMP {System.Text.Json.JsonSerializer.Serialize(EventMapping.ToRecord(e), e.Control is null ? Options : Options)} {e.Control} {e.Amount}");
        var entries = model.World.Entries.Values.Where(entry => entry.Event.Key == e.Key).TakeLast(6);
        foreach (var entry in entries) Console.WriteLine($"DUMP earlier {entry.Event.Sequence} {entry.Event.Kind} {entry.Event.Outcome} {entry.Event.Reason} asked {entry.Event.AmountAsked} amount {entry.Event.Amount} ref {entry.Event.Reference} {entry.Event.Balances} {entry.Event.Control}");
        if (model.World.Facility(e.Key) is not { } f) { Console.WriteLine($"DUMP node {model.World.Node(e.Key)?.Status}"); return; }
        var book = new Book(model.World, f.Key.Tenant, e.RecordedAtMicros);
        Console.WriteLine($"DUMP facility {f.Currency} {f.Basis} limit {f.Ceiling.Counted} base at now {f.Ceiling.InForceAt(e.RecordedAtMicros)} {f.Status} {f.Purse.ToContract()} entries {string.Join(",", f.Ceiling.Entries)} parents {string.Join(",", f.Parents)}");
        foreach (var (node, share) in book.NodesOf(f)) Console.WriteLine($"DUMP {node.Key} {node.Currency} {node.Basis} share {share} limit {node.Ceiling.InForceAt(e.RecordedAtMicros)} exposure {book.Exposure(node)} sums {string.Join(",", book.Sums(node, null, 0))} gaps {book.RateGaps(node, f.Currency)} pending {f.CountedPath is not null}");
    }

    private static readonly System.Text.Json.JsonSerializerOptions Options = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault };
}
