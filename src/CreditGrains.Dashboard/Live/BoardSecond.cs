using CreditGrains.Api.Metering;

namespace CreditGrains.Dashboard.Live;

/// <summary>What one interval of the board saw.</summary>
/// <param name="At">Its end.</param>
/// <param name="Decisions">Requests decided a second.</param>
/// <param name="Declined">Of them declined.</param>
/// <param name="Commands">All commands a second.</param>
/// <param name="MedianMicros">Median time to a durable answer; null when nothing was answered.</param>
/// <param name="P99Micros">The time 99 of 100 answers took at most; null when nothing was answered.</param>
public sealed record BoardSecond(DateTimeOffset At, double Decisions, double Declined, double Commands, double? MedianMicros, double? P99Micros)
{
    internal static BoardSecond Of(DateTimeOffset at, MeterReading delta, TimeSpan took)
    {
        var seconds = Math.Max(0.001, took.TotalSeconds);
        return new BoardSecond(at, delta.Decided / seconds, delta.Declined / seconds, delta.Commands / seconds, delta.LatencyMicros(0.5), delta.LatencyMicros(0.99));
    }
}
