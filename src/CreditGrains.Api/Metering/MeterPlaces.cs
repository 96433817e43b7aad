using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Api.Metering;

/// <summary>Which counter is where: outcomes by kind of command, repeats, reasons, latency by octave and eighth.</summary>
internal static class MeterPlaces
{
    public const int Outcomes = 8;
    public const int Repeats = 3 * Outcomes;
    public const int Reasons = Repeats + 1;
    public const int ReasonCount = 256;
    public const int Latencies = Reasons + ReasonCount;

    /// <summary>An eighth of an octave each, from 1 to 2^28 microseconds: at most 12.5 % wide.</summary>
    public const int LatencyCount = 8 * 27;
    public const int Count = Latencies + LatencyCount;

    /// <summary>0 of requests, 1 of facts, 2 of control commands.</summary>
    public static int GroupOf(CommandKind kind) => kind switch
    {
        CommandKind.Authorize or CommandKind.IncreaseHold or CommandKind.Drawdown => 0,
        < CommandKind.OpenNode or CommandKind.RequestReview => 1,
        _ => 2,
    };

    public static int OfOutcome(CommandKind kind, OutcomeKind outcome) => GroupOf(kind) * Outcomes + (int)outcome;

    public static int OfReason(Reason reason) => Reasons + Math.Min((int)reason, ReasonCount - 1);

    public static int OfLatency(long micros)
    {
        if (micros < 8) return Latencies + (int)Math.Max(0, micros);
        var octave = 63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)micros);
        var place = 8 * (octave - 2) + (int)((micros >> (octave - 3)) & 7);
        return Latencies + Math.Min(place, LatencyCount - 1);
    }

    /// <summary>Upper end of a latency counter, microseconds.</summary>
    public static double LatencyEnd(int place) => place < 8 ? place + 1 : (9 + place % 8) * Math.Pow(2, place / 8 - 1);
}
