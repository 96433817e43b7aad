using CreditGrains.Api.Security.Heads;
using CreditGrains.Engine.Journal;
using CreditGrains.Engine.Standalone;

namespace CreditGrains.Server.Security;

/// <summary>The head of the one journal of a standalone engine.</summary>
internal sealed class StandaloneHead(CreditEngine engine) : IJournalHeads
{
    /// <inheritdoc/>
    public IReadOnlyList<JournalHead> Read()
    {
        try
        {
            var sequence = engine.Journal.Reader.DurableSequence;
            if (sequence < 1) return [];
            using var frame = engine.Journal.Reader.ReadFrameContaining(sequence);
            return frame is null ? [] : [new JournalHead(engine.PartitionId, frame.Header.NextSequence - 1, frame.Header.Chain.ToString())];
        }
        catch (JournalException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
