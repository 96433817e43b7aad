using System.Collections.Immutable;
using System.Globalization;
using CreditGrains.Securitisation.Assumptions;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>A loan, or a rep line that stands for many: what a projection reads of it.</summary>
public sealed record LoanLine
{
    /// <summary>Longest term in months.</summary>
    public const int MonthsMax = 1_200;

    /// <summary>Largest balance in minor units: rows add up without loss in a double.</summary>
    public const double BalanceMax = 1L << 52;

    /// <summary>Highest segment.</summary>
    public const int SegmentMax = 999;

    /// <summary>As it is shown.</summary>
    public string Id { get; init; } = "";

    /// <summary>Performing principal now, in minor units; whole ones unless nothing is rounded.</summary>
    public required double Balance { get; init; }

    /// <summary>Annual note rate; 0.06 is 6 %.</summary>
    public required double RateAnnual { get; init; }

    /// <summary>Annual servicing fee, taken from interest received.</summary>
    public double ServicingFeeAnnual { get; init; }

    /// <summary>Instalments left, at least 1.</summary>
    public required int RemainingMonths { get; init; }

    /// <summary>Instalments paid: loan age now. After the first period of the projection it is one more.</summary>
    public int AgeMonths { get; init; }

    public Amortisation Amortisation { get; init; } = Amortisation.Level;

    /// <summary>Which scenario it follows, by place, and which part of the results it is in: 0 to <see cref="SegmentMax"/>.</summary>
    public int Segment { get; init; }

    /// <summary>Missed instalments now; read by a roll-rate matrix only.</summary>
    public int MissedInstalments { get; init; }

    /// <summary>Date of the next instalment; null is a month after the cut-off.</summary>
    public DateOnly? FirstPayment { get; init; }

    /// <summary>Annual rates by instalment of a floating loan, none below the servicing fee; the last goes on. Empty: <see cref="RateAnnual"/> throughout. A level instalment is set anew with each.</summary>
    public ImmutableArray<double> RatePath { get; init; } = [];

    /// <summary>How the rate follows an index of a deal; a deal turns it into a <see cref="RatePath"/>. Null is a rate that does not.</summary>
    public FloatingRate? Floating { get; init; }

    /// <summary>Annual rate of an instalment, from 1.</summary>
    public double RateAt(int instalment) => RatePath.IsDefaultOrEmpty ? RateAnnual : RatePath[Math.Min(instalment, RatePath.Length) - 1];

    /// <exception cref="InvalidInputException">A field is out of range.</exception>
    public void Check()
    {
        if (!(Balance >= 0 && Balance <= BalanceMax)) throw Bad("balance", string.Create(CultureInfo.InvariantCulture, $"{Balance} must be 0 to 2^52 minor units"));
        if (RemainingMonths is < 1 or > MonthsMax) throw Bad("remainingMonths", $"{RemainingMonths} must be 1 to {MonthsMax}");
        if (AgeMonths is < 0 or > MonthsMax) throw Bad("ageMonths", $"{AgeMonths} must be 0 to {MonthsMax}");
        if (Segment is < 0 or > SegmentMax) throw Bad("segment", $"{Segment} must be 0 to {SegmentMax}");
        if (MissedInstalments is < 0 or > RollRateMatrix.StatesMax) throw Bad("missedInstalments", $"{MissedInstalments} must be 0 to {RollRateMatrix.StatesMax}");
        if (!(RateAnnual >= 0 && RateAnnual < 20)) throw Bad("rate", string.Create(CultureInfo.InvariantCulture, $"{RateAnnual} must be 0 to 20; 6 % is 0.06"));
        for (var i = 0; !RatePath.IsDefault && i < RatePath.Length; i++)
            if (!(RatePath[i] >= 0 && RatePath[i] < 20)) throw Bad($"rates[{i}]", string.Create(CultureInfo.InvariantCulture, $"{RatePath[i]} must be 0 to 20; 6 % is 0.06"));
        if (!(ServicingFeeAnnual >= 0 && ServicingFeeAnnual <= RateAnnual)) throw Bad("servicingFee", "the fee must be 0 up to the loan's rate, of which it is a part");
        for (var i = 0; !RatePath.IsDefault && i < RatePath.Length; i++)
            if (RatePath[i] < ServicingFeeAnnual) throw Bad($"rates[{i}]", string.Create(CultureInfo.InvariantCulture, $"{RatePath[i]} is below the servicing fee of {ServicingFeeAnnual}, which is a part of it; raise the rate or lower the fee"));
        Floating?.Check();
        switch (Amortisation)
        {
            case Amortisation.InterestOnlyThenLevel io when io.InterestOnlyMonths < 0 || io.InterestOnlyMonths >= RemainingMonths:
                throw Bad("amortisation.interestOnlyMonths", $"{io.InterestOnlyMonths} must be below the remaining term of {RemainingMonths}");
            case Amortisation.Balloon balloon when balloon.AmortisationMonths < RemainingMonths || balloon.AmortisationMonths > MonthsMax:
                throw Bad("amortisation.amortisationMonths", $"{balloon.AmortisationMonths} must be {RemainingMonths} (the remaining term) to {MonthsMax}");
            case Amortisation.Stepped stepped when stepped.Parts.Length != RemainingMonths:
                throw Bad("amortisation.parts", $"{stepped.Parts.Length} parts for {RemainingMonths} months; write one a month");
            case Amortisation.Stepped stepped:
                Timings.Check(stepped.Parts, "amortisation.parts");
                break;
        }
    }

    private static InvalidInputException Bad(string path, string fault) => new("LineOutOfRange", path, fault);
}
