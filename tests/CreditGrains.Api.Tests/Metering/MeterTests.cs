using System.Diagnostics;
using System.Reflection;
using CreditGrains.Api.Metering;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine;

namespace CreditGrains.Api.Tests.Metering;

/// <summary>Counters count every answer once, by tenant, outcome and reason.</summary>
public sealed class MeterTests
{
    private readonly DecisionMeter meter = new();

    [Fact]
    public void Single_ByOutcome_IsCounted()
    {
        Note(1, CommandKind.Authorize, OutcomeKind.Approved);
        Note(1, CommandKind.Drawdown, OutcomeKind.ApprovedInPart);
        Note(1, CommandKind.Authorize, OutcomeKind.Declined, Reason.LimitExceeded);
        Note(1, CommandKind.Authorize, OutcomeKind.Referred);
        Note(1, CommandKind.Authorize, OutcomeKind.Refused, Reason.Overloaded);
        Note(1, CommandKind.Capture, OutcomeKind.Posted);
        Note(1, CommandKind.SetLimit, OutcomeKind.Declined, Reason.UnknownNode);
        var reading = meter.Read();
        Assert.Equal((2, 1, 1, 1, 4), (reading.Approved, reading.Declined, reading.Referred, reading.Refused, reading.Decided));
        Assert.Equal((2, 7), (reading.Others, reading.Commands));
        Assert.Equal(0.5, reading.ApprovalRatio);
        Assert.Equal([(Reason.Overloaded, 1), (Reason.UnknownNode, 1), (Reason.LimitExceeded, 1)], reading.ByReason().OrderBy(entry => entry.Reason));
    }

    [Fact]
    public void Batch_WithRuns_CountsAsItsCommandsOneByOne()
    {
        var random = new Random(7);
        var commands = new Command[5_000];
        var outcomes = new Outcome[commands.Length];
        var single = new DecisionMeter();
        for (var i = 0; i < commands.Length; i++)
        {
            commands[i].Kind = random.Next(10) == 0 ? CommandKind.Capture : CommandKind.Authorize;
            commands[i].Facility = NodeKey.Facility((ushort)(1 + random.Next(3)), 1, 1 + i);
            outcomes[i].Kind = (OutcomeKind)random.Next(6);
            outcomes[i].Reason = outcomes[i].Kind == OutcomeKind.Declined ? (Reason)(100 + random.Next(40)) : Reason.None;
            outcomes[i].Duplicate = random.Next(20) == 0;
            single.Note(commands[i].Facility.Tenant, commands[i].Kind, outcomes[i], Stopwatch.GetTimestamp());
        }
        meter.Note(commands, outcomes, Stopwatch.GetTimestamp());
        for (ushort tenant = 1; tenant <= 3; tenant++)
        {
            var (one, other) = (meter.Read(tenant), single.Read(tenant));
            Assert.Equal((other.Approved, other.Declined, other.Referred, other.Refused, other.Others, other.Repeats), (one.Approved, one.Declined, one.Referred, one.Refused, one.Others, one.Repeats));
            Assert.Equal(other.ByReason().Order(), one.ByReason().Order());
        }
        Assert.Equal(commands.Length, meter.Read().Commands);
    }

    [Fact]
    public void Tenants_BeyondTheBound_AreCountedInTheSum()
    {
        for (var tenant = 1; tenant <= 2 * DecisionMeter.TenantsMax; tenant++) Note((ushort)tenant, CommandKind.Authorize, OutcomeKind.Approved);
        Assert.Equal(2 * DecisionMeter.TenantsMax, meter.Read().Approved);
        Assert.Equal(1, meter.Read(1).Approved);
        Assert.Equal(0, meter.Read(2 * DecisionMeter.TenantsMax).Approved);
    }

    [Fact]
    public void Threads_AtOnce_LoseNoCount()
    {
        Parallel.For(0, 20_000, _ => Note(1, CommandKind.Authorize, OutcomeKind.Approved));
        Assert.Equal(20_000, meter.Read(1).Approved);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1_234)]
    [InlineData(999_999)]
    [InlineData(200_000_000)]
    public void Latency_IsToldAtMostAnEighthTooHigh(long micros)
    {
        var end = MeterPlaces.LatencyEnd(MeterPlaces.OfLatency(micros) - MeterPlaces.Latencies);
        Assert.InRange(end, micros, Math.Max(micros + 1, micros * 1.126));
    }

    [Fact]
    public void Since_AnEarlierReading_IsWhatCameBetween()
    {
        Note(1, CommandKind.Authorize, OutcomeKind.Approved);
        var before = meter.Read(1);
        Note(1, CommandKind.Authorize, OutcomeKind.Declined, Reason.NodeFrozen);
        var since = meter.Read(1).Since(before);
        Assert.Equal((0, 1), (since.Approved, since.Declined));
        Assert.Null(MeterReading.Empty.LatencyMicros(0.5));
        Assert.Null(MeterReading.Empty.ApprovalRatio);
    }

    [Fact]
    public void MeteredEngine_HandsOnEveryMember()
    {
        // A member with a default in the port would otherwise be answered by the default and not by the engine behind.
        var map = typeof(MeteredEngine).GetInterfaceMap(typeof(ICreditEngine));
        Assert.All(map.TargetMethods, method => Assert.Equal(typeof(MeteredEngine), method.DeclaringType));
        Assert.Equal(typeof(ICreditEngine).GetMethods(BindingFlags.Public | BindingFlags.Instance).Length, map.TargetMethods.Length);
    }

    private void Note(ushort tenant, CommandKind kind, OutcomeKind outcome, Reason reason = Reason.None) =>
        meter.Note(tenant, kind, new Outcome { Kind = outcome, Reason = reason }, Stopwatch.GetTimestamp());
}
