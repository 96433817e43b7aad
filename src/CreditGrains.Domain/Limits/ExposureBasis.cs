namespace CreditGrains.Domain.Limits;

/// <summary>What a limit node counts of each facility below it.</summary>
public enum ExposureMeasure : byte
{
    /// <summary>Principal, interest, fees and open holds. The usual basis.</summary>
    DrawnAndHeld = 0,

    /// <summary>Principal and open holds; interest and fees do not use the limit.</summary>
    PrincipalAndHeld = 1,

    /// <summary>The facility's limit in force, or what is drawn and held where that is more.</summary>
    Committed = 2,

    /// <summary>Drawn and held plus <see cref="ExposureBasis.UndrawnFactorPpm"/> of the undrawn limit, rounded up.</summary>
    DrawnPlusUndrawnFactor = 3,
}

/// <summary>
/// The basis of a node. The default value is the usual one: drawn and held, restored by repayment.
/// </summary>
/// <param name="Measure">What is counted.</param>
/// <param name="KeepsRepaid">True when repayment does not restore headroom (a term loan, a one-off programme): what was
/// repaid or written off stays counted.</param>
/// <param name="UndrawnFactorPpm">Parts per million of the undrawn limit, 0–1,000,000; only with <see cref="ExposureMeasure.DrawnPlusUndrawnFactor"/>.</param>
public readonly record struct ExposureBasis(ExposureMeasure Measure, bool KeepsRepaid, int UndrawnFactorPpm)
{
    /// <summary>Whether the parts are in range and agree.</summary>
    public bool IsValid => Measure <= ExposureMeasure.DrawnPlusUndrawnFactor && UndrawnFactorPpm is >= 0 and <= Share.WholePpm
        && (UndrawnFactorPpm == 0 || Measure == ExposureMeasure.DrawnPlusUndrawnFactor);

    /// <summary>Whether a change of the facility's own limit changes what is counted.</summary>
    public bool DependsOnLimit => Measure >= ExposureMeasure.Committed;
}

/// <summary>Shares of a facility borne by a node, in parts per million.</summary>
public static class Share
{
    /// <summary>The whole facility.</summary>
    public const int WholePpm = 1_000_000;

    /// <summary>The share along two links in a row, rounded up so that nothing is under-counted.</summary>
    public static int Along(int firstPpm, int secondPpm) => (int)(((long)firstPpm * secondPpm + WholePpm - 1) / WholePpm);

    /// <summary>The share over two ways to one node. A facility counts once, so never above the whole.</summary>
    public static int Merge(int firstPpm, int secondPpm) => Math.Min(WholePpm, firstPpm + secondPpm);
}
