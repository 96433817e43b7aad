using CreditGrains.Domain.Requests;

namespace CreditGrains.Cli.Bench.Load;

/// <summary>A request of a batch that was written.</summary>
/// <param name="Kind">What it is; 0 is an authorisation.</param>
/// <param name="Facility">Its number in the book.</param>
/// <param name="Amount">Minor units; an approval must be of it.</param>
/// <param name="Id">Under which it takes effect once; none where nobody asks again.</param>
internal readonly record struct SentRequest(int Kind, long Facility, long Amount, RequestId Id = default);

/// <summary>What a stream sends: makes the members of batches and sees their answers. Not thread-safe; one a connection.</summary>
internal interface IBatchSource
{
    /// <summary>Path of the call that takes the batches.</summary>
    string Path { get; }

    /// <summary>Most bytes of one member, with its tag and length.</summary>
    int MemberLengthMax { get; }

    /// <summary>Reads the clock for the ids that follow; once a batch is enough.</summary>
    void Refresh();

    /// <summary>Writes the next member, field 2 of the batch.</summary>
    /// <returns>Its length.</returns>
    int WriteMember(Span<byte> target, out SentRequest sent);

    /// <summary>A member was decided.</summary>
    void Answer(in SentRequest sent, in DecisionFields decision);
}
