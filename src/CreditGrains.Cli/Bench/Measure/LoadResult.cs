namespace CreditGrains.Cli.Bench.Measure;

/// <summary>One measured load.</summary>
/// <param name="Tally">What it saw.</param>
/// <param name="Seconds">How long it was measured.</param>
/// <param name="ClientCpuSeconds">Processor time of the measuring thread or process meanwhile; it shares the cores with what it measures.</param>
internal sealed record LoadResult(Tally Tally, double Seconds, double ClientCpuSeconds)
{
    /// <summary>Decisions a second.</summary>
    public double PerSecond => Tally.Completed / Seconds;

    /// <summary>Processor time of the client for one decision, microseconds.</summary>
    public double ClientMicrosPerDecision => Tally.Completed == 0 ? 0 : ClientCpuSeconds * 1e6 / Tally.Completed;

    /// <summary>What a figure's note says of failures; empty when there are none.</summary>
    public string ErrorNote
    {
        get
        {
            var notApproved = Tally.Completed - Tally.CountOf(Domain.Decisions.OutcomeKind.Approved);
            var parts = new List<string>();
            if (Tally.Failed > 0) parts.Add($"{Tally.Failed} ERRORS");
            if (Tally.Refused > 0) parts.Add($"{Tally.Refused} REFUSED");
            if (Tally.Repeated > 0) parts.Add($"{Tally.Repeated} REPEATED");
            if (notApproved > 0) parts.Add($"{notApproved} not approved");
            return string.Join(", ", parts);
        }
    }
}
