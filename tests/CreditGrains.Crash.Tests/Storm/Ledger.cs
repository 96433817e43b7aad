using System.Collections.Concurrent;
using CreditGrains.Api.V1;
using Google.Protobuf;

namespace CreditGrains.Crash.Tests.Storm;

/// <summary>A command with its id, and the answer once there is one. Sent again unchanged until then.</summary>
internal sealed class Sent(ByteString id, Command command)
{
    public ByteString Id { get; } = id;

    public Command Command { get; } = command;

    /// <summary>The first answer; every later one must equal it.</summary>
    public Decision? Answer { get; set; }
}

/// <summary>What clients sent and what they were told: the promises the server must keep over every crash.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<ByteString, Sent> sent = new();

    public IEnumerable<Sent> All => sent.Values;

    public IEnumerable<Sent> Unanswered => sent.Values.Where(one => one.Answer is null);

    public int AnsweredCount => sent.Values.Count(one => one.Answer is not null);

    public void Add(Sent one) => Assert.True(sent.TryAdd(one.Id, one));

    /// <summary>Takes an answer down; a second one must say the same.</summary>
    public static void Acknowledge(Sent one, Decision decision)
    {
        Assert.True(decision.Kind != OutcomeKind.Refused, $"refused: {decision.ReasonName} {decision.Message}");
        var plain = decision.Clone();
        plain.Duplicate = false;
        if (one.Answer is null) one.Answer = plain;
        else Assert.Equal(one.Answer, plain);
    }

    /// <summary>Holds the journal, as the feed shows it, against what clients were told.</summary>
    public void Check(IReadOnlyList<JournalEvent> events)
    {
        var byId = new Dictionary<ByteString, JournalEvent>();
        for (var i = 0; i < events.Count; i++)
        {
            Assert.Equal(i + 1, events[i].DecisionId);
            if (!events[i].RequestId.IsEmpty) Assert.True(byId.TryAdd(events[i].RequestId, events[i]), $"id {events[i].RequestUuid} took effect twice");
        }
        foreach (var one in All)
        {
            if (one.Answer is not { } answer) continue;
            Assert.True(byId.TryGetValue(one.Id, out var kept), $"decision {answer.DecisionId} was acknowledged and is lost");
            Assert.Equal(
                (answer.DecisionId, answer.Kind, answer.Reason, answer.Amount, answer.Balances, answer.Headroom, answer.RecordedAtMicros),
                (kept!.DecisionId, kept.Outcome, kept.Reason, kept.Amount, kept.Balances, kept.Headroom, kept.RecordedAtMicros));
        }
    }
}
