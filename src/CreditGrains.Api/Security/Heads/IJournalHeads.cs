using System.Text.Json.Serialization;

namespace CreditGrains.Api.Security.Heads;

/// <summary>What a journal is at a moment.</summary>
/// <param name="Partition">The journal's partition.</param>
/// <param name="Sequence">Its last event.</param>
/// <param name="Chain">Its chain hash there, 48 hex digits.</param>
public sealed record JournalHead(
    [property: JsonPropertyName("partition")] Guid Partition, [property: JsonPropertyName("sequence")] long Sequence, [property: JsonPropertyName("chain")] string Chain);

/// <summary>The journals whose heads a process signs.</summary>
public interface IJournalHeads
{
    /// <summary>What they are now, as far as it is durable; those without events are left out. May block for some seconds.</summary>
    /// <exception cref="IOException">They cannot be read, or are damaged.</exception>
    IReadOnlyList<JournalHead> Read();
}
