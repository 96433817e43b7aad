using System.Threading.Tasks.Sources;
using CreditGrains.Api.Steps;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Api.Metering;

/// <summary>Counts an answer when it is taken.</summary>
internal sealed class MeteredStep(DecisionMeter meter, StepPool<MeteredStep> pool) : OutcomeStep, IValueTaskSource<Outcome>
{
    private ushort tenant;
    private CommandKind kind;
    private long startedAt;

    /// <summary>Waits for an outcome.</summary>
    /// <param name="pending">Is waited for.</param>
    /// <param name="command">What was asked.</param>
    /// <param name="askedAt">See <see cref="DecisionMeter.Note(ushort, CommandKind, in Outcome, long)"/>.</param>
    public ValueTask<Outcome> After(in ValueTask<Outcome> pending, in Command command, long askedAt)
    {
        (tenant, kind, startedAt) = (command.Facility.Tenant, command.Kind, askedAt);
        Begin(pending);
        return new ValueTask<Outcome>(this, Version);
    }

    /// <inheritdoc/>
    public Outcome GetResult(short token)
    {
        Check(token);
        var (ofTenant, ofKind, since) = (tenant, kind, startedAt);
        try
        {
            var outcome = Take();
            meter.Note(ofTenant, ofKind, outcome, since);
            return outcome;
        }
        finally
        {
            pool.Return(this);
        }
    }
}
