using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Journal;
using CreditGrains.Orleans.Journal;
using Npgsql;

namespace CreditGrains.Orleans.Tests.Faults;

/// <summary>Reads every row of every partition from the database, in the order of the feed, and holds it against what clients were told.</summary>
internal sealed class JournalAudit(long limit)
{
    private readonly Dictionary<RequestId, LedgerEvent> byId = [];
    private readonly Dictionary<long, long> holds = [];
    private readonly Dictionary<int, long> next = [];
    private long exposure;

    /// <summary>Events read.</summary>
    public int Events { get; private set; }

    /// <summary>The most that was held at any moment.</summary>
    public long ExposureMax { get; private set; }

    /// <summary>Checks that sequences have no gap, no id stands twice, what is held never passes the limit at any place of the feed, and that what was acknowledged stands as it was told.</summary>
    public async Task RunAsync(string connectionString, IReadOnlyDictionary<Guid, Api.V1.Decision> acknowledged)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand("select partition, frame from cg_journal order by txid, partition, sequence");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var partition = reader.GetInt32(0);
            var frame = StoredFrame.Check(reader.GetFieldValue<byte[]>(1), partition, 0);
            if (next.TryGetValue(partition, out var expected)) Assert.Equal(expected, frame.Header.FirstSequence);
            next[partition] = frame.Header.NextSequence;
            Read(frame);
        }
        foreach (var (id, told) in acknowledged)
        {
            Assert.True(byId.TryGetValue(RequestId.FromGuid(id), out var stands), $"decision {told.DecisionId} was acknowledged and is lost");
            Assert.Equal((told.DecisionId, (int)told.Kind), (stands.Sequence, (int)stands.Outcome));
        }
    }

    private void Read(Frame frame)
    {
        var payload = frame.Payload;
        for (var sequence = frame.Header.FirstSequence; !payload.IsEmpty; sequence++)
        {
            var length = EventCodec.LengthOf(payload);
            EventCodec.Read(payload[..length], sequence, frame.Header.RecordedAt, out var e);
            payload = payload[length..];
            Events++;
            if (e.Kind is CommandKind.Authorize or CommandKind.Void) Take(e);
        }
    }

    private void Take(in LedgerEvent e)
    {
        Assert.True(byId.TryAdd(e.Id, e), $"id {e.Id} took effect twice");
        if (!e.HasEffect) return;
        if (e.Kind == CommandKind.Authorize) exposure += holds[e.Sequence] = e.Amount;
        else if (holds.Remove(e.Reference, out var voided)) exposure -= voided;
        ExposureMax = Math.Max(ExposureMax, exposure);
        Assert.True(exposure <= limit, $"at {e.Sequence} {exposure} were held under a limit of {limit}");
    }
}
