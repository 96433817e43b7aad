using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Api.Services;

/// <summary>Turns failures of the engine into statuses where a call waits for it; answers pass through unchanged.</summary>
internal static class FaultBorder
{
    /// <exception cref="Transport.RpcException">Unavailable: the engine failed or stopped, or its disk did. FailedPrecondition: its disk is full. OutOfRange: the event is archived.</exception>
    public static async ValueTask<T> Guarded<T>(this ValueTask<T> answer)
    {
        try
        {
            return await answer;
        }
        catch (EngineFaultException fault)
        {
            throw Statuses.Of(fault);
        }
        catch (StoreException failure)
        {
            throw Statuses.Of(failure);
        }
        catch (JournalException archived) when (archived.Code == JournalErrorCode.NotRetained)
        {
            throw Statuses.Of(archived);
        }
    }

    /// <exception cref="Transport.RpcException">Unavailable: the engine failed or stopped, or its disk did. FailedPrecondition: its disk is full. OutOfRange: the event is archived.</exception>
    public static async ValueTask Guarded(this ValueTask answer)
    {
        try
        {
            await answer;
        }
        catch (EngineFaultException fault)
        {
            throw Statuses.Of(fault);
        }
        catch (StoreException failure)
        {
            throw Statuses.Of(failure);
        }
        catch (JournalException archived) when (archived.Code == JournalErrorCode.NotRetained)
        {
            throw Statuses.Of(archived);
        }
    }
}
