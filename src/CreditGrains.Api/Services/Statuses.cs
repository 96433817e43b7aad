using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Engine.Files;
using CreditGrains.Engine.Journal;

namespace CreditGrains.Api.Services;

/// <summary>The refusals that are the server's state and not the caller's doing: a status for a call of one command.</summary>
internal static class Statuses
{
    /// <exception cref="RpcException">Unavailable, ResourceExhausted, DeadlineExceeded or FailedPrecondition; the request id stays free.</exception>
    public static void ThrowIfUnavailable(in Outcome outcome)
    {
        if (outcome.Kind == OutcomeKind.Refused && Of(outcome.Reason) is { } status) throw Failure(status, outcome);
    }

    /// <summary>The status of a reason; null when it is data.</summary>
    public static StatusCode? Of(Reason reason) => reason switch
    {
        Reason.EngineStopped or Reason.StandbyLost => StatusCode.Unavailable,
        Reason.Overloaded => StatusCode.ResourceExhausted,
        Reason.DeadlineExceeded => StatusCode.DeadlineExceeded,
        Reason.DiskFull or Reason.ClockStepUnconfirmed => StatusCode.FailedPrecondition,
        _ => null,
    };

    /// <summary>
    /// What a failed engine is to a caller. Commands under way may or may not have taken effect: the same request ids, sent to the
    /// restarted engine, tell.
    /// </summary>
    public static RpcException Of(EngineFaultException fault) =>
        new(StatusCode.Unavailable, $"{nameof(Reason.EngineStopped)}: {fault.Message} Send the same request again once the engine is back.", fault);

    /// <summary>What a disk that refuses a snapshot or a read is to a caller; the engine itself goes on. The path is for the log.</summary>
    public static RpcException Of(StoreException failure) => failure.Code == StoreErrorCode.Full
        ? new(StatusCode.FailedPrecondition, $"{nameof(Reason.DiskFull)}: there is no room on the engine's disk; free disk space and ask again.", failure)
        : new(StatusCode.Unavailable, $"{failure.Code}: the engine's disk refused; the engine's log names the file.", failure);

    /// <summary>What an event that is no longer kept is to a caller.</summary>
    public static RpcException Of(JournalException archived) => new(StatusCode.OutOfRange, $"{archived.Code}: {archived.Message}", archived);

    private static RpcException Failure(StatusCode status, in Outcome outcome) =>
        new(status, $"{ReasonNames.Of(outcome.Reason)}: {outcome.Message ?? Advice(outcome.Reason)}");

    private static string Advice(Reason reason) => reason switch
    {
        Reason.EngineStopped => "the engine is stopped or stopping; send the same request again later",
        Reason.Overloaded => "the queue is full; slow down and send the same request again",
        Reason.DiskFull => "there is no room to journal the outcome; free disk space",
        Reason.DeadlineExceeded => "the deadline passed while the command waited to be decided; send the same request again with more time",
        Reason.StandbyLost => "the standby is required and cannot be reached; bring it back and send the same request again",
        _ => "the clock stepped forward by more than five minutes; an operator must call ControlService.ConfirmClock",
    };
}
