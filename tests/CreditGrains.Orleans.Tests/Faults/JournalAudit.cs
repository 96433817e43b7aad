using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Journal;
using CreditGrains.Orleans.Journal;
using Npgsql;

namespace CreditGrains.Orleans.Tests.Faults;

/// <summary>Reads every row of every partition from the database and holds it against what clients were told.</summary>
internal static class JournalAudit
{
    /// <summary>Checks chain and sequence, that no id stands twice, and that what was acknowledged stands as it was told.</summary>
    /// <returns>Events, and the sum of all that was approved.</returns>
    public static async Task<(int Events, long Approved)> RunAsync(string connectionString, IReadOnlyDictionary<Guid, Api.V1.Decision> acknowledged)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand("select partition, frame from cg_journal order by partition, sequence");
        await using var reader = await command.ExecuteReaderAsync();
        var byId = new Dictionary<RequestId, LedgerEvent>();
        var events = 0;
        var approved = 0L;
        var next = new Dictionary<int, long>();
        while (await reader.ReadAsync())
        {
            var partition = reader.GetInt32(0);
            var frame = StoredFrame.Check(reader.GetFieldValue<byte[]>(1), partition, 0);
            if (next.TryGetValue(partition, out var expected)) Assert.Equal(expected, frame.Header.FirstSequence);
            next[partition] = frame.Header.NextSequence;
            events += Read(frame, byId, ref approved);
        }
        foreach (var (id, told) in acknowledged)
        {
            Assert.True(byId.TryGetValue(RequestId.FromGuid(id), out var stands), $"decision {told.DecisionId} was acknowledged and is lost");
            Assert.Equal((told.DecisionId, (int)told.Kind, told.Amount), (stands.Sequence, (int)stands.Outcome, stands.Amount));
        }
        return (events, approved);
    }

    private static int Read(Frame frame, Dictionary<RequestId, LedgerEvent> byId, ref long approved)
    {
        var payload = frame.Payload;
        var sequence = frame.Header.FirstSequence;
        for (; !payload.IsEmpty; sequence++)
        {
            var length = EventCodec.LengthOf(payload);
            EventCodec.Read(payload[..length], sequence, frame.Header.RecordedAt, out var e);
            payload = payload[length..];
            if (e.Kind != CommandKind.Authorize) continue;
            Assert.True(byId.TryAdd(e.Id, e), $"id {e.Id} took effect twice");
            if (e.HasEffect) approved += e.Amount;
        }
        return (int)(sequence - frame.Header.FirstSequence);
    }
}
