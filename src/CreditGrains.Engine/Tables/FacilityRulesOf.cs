namespace CreditGrains.Engine.Tables;

/// <summary>
/// The row of what few facilities have, and the first loan, which stands in that row or, without one, in the facility itself: a loan alone takes no row. A rules row is never given back.
/// </summary>
internal static class FacilityRulesOf
{
    /// <summary>The facility's rules row, made when it has none.</summary>
    public static int Ensure(PartitionState state, int facility)
    {
        ref readonly var before = ref state.Facilities.Read(facility);
        if (before.HasRules) return before.Rules;
        var row = state.FacilityRules.Add();
        ref var rules = ref state.FacilityRules.Write(row);
        rules.Owner = facility;
        rules.ReviewThreshold = -1;
        rules.FirstLoan = before.FirstLoanAlone;
        state.Facilities.Write(facility).SetRules(row);
        return row;
    }

    /// <summary>Row of a facility's first loan, 0 when it has none.</summary>
    public static int FirstLoan(PartitionState state, in FacilityRow facility) =>
        facility.HasRules ? state.FacilityRules.Read(facility.Rules).FirstLoan : facility.FirstLoanAlone;

    /// <summary>Sets a facility's first loan, 0 for none any more.</summary>
    public static void SetFirstLoan(PartitionState state, int facility, int loan)
    {
        ref readonly var before = ref state.Facilities.Read(facility);
        if (before.HasRules) state.FacilityRules.Write(before.Rules).FirstLoan = loan;
        else state.Facilities.Write(facility).SetFirstLoanAlone(loan);
    }
}
