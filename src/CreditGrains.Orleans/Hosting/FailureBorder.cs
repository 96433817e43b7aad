using CreditGrains.Orleans.Partitions;

namespace CreditGrains.Orleans.Hosting;

/// <summary>
/// Turns what the database or the journal threw inside a grain into this project's own exception before it leaves: those of others have no codec, and would arrive between silos as a
/// missing codec, which nobody takes for something that passes.
/// </summary>
internal sealed class FailureBorder : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception failure) when (PartitionUnavailableException.NeedsTranslation(failure))
        {
            throw PartitionUnavailableException.Of(failure);
        }
    }
}
