using CreditGrains.Risk.Features.Expressions;

namespace CreditGrains.Risk.Features;

/// <summary>
/// Reads some features of a catalogue as of a decision, with the same bits as a read of all of them: the parts of a row and the derived features that they rest on are looked at, and
/// no others. Immutable; allocates nothing.
/// </summary>
public sealed class FeatureReading
{
    private readonly EntityProgram program;
    private readonly EntityReading facility;
    private readonly EntityReading? borrower;
    private readonly int[] borrowerFeatures;
    private readonly DerivedFeature[] derived;
    private readonly long utcOffset;
    private readonly byte[] emptyRow;

    internal FeatureReading(EntityProgram program, EntityReading facility, EntityReading? borrower, int[] borrowerFeatures, DerivedFeature[] derived, long utcOffset)
    {
        this.program = program;
        this.facility = facility;
        this.borrower = borrower is { IsEmpty: false } ? borrower : null;
        this.borrowerFeatures = borrowerFeatures;
        this.derived = derived;
        this.utcOffset = utcOffset;
        emptyRow = new byte[program.RowLength];
    }

    /// <summary>Whether any of them is about the borrower: only then its row is looked at.</summary>
    public bool UsesBorrower => borrower is not null;

    /// <summary>Reads them as of a decision, before its own event.</summary>
    /// <param name="facilityRow">The facility's row; empty when it has had no event.</param>
    /// <param name="borrowerRow">The borrower's row; empty when there is no borrower or it has had no event.</param>
    /// <param name="at">The decision.</param>
    /// <param name="values">One place for each feature of the catalogue: the value times 10^scale, or <see cref="FixedPoint.Missing"/>. Places of features that are not read are not to be looked at.</param>
    public void Read(ReadOnlySpan<byte> facilityRow, ReadOnlySpan<byte> borrowerRow, in FeatureMoment at, Span<long> values)
    {
        var seconds = program.Within(at.Seconds, at.RecordedAtMicros / 1_000_000);
        if (!facility.IsEmpty) facility.Read(facilityRow.IsEmpty ? emptyRow : facilityRow, seconds, values);
        if (borrower is not null)
        {
            if (borrowerRow.IsEmpty)
                foreach (var index in borrowerFeatures) values[index] = FixedPoint.Missing;
            else borrower.Read(borrowerRow, seconds, values);
        }
        foreach (var feature in derived) feature.Write(values, at, seconds + utcOffset);
    }
}
