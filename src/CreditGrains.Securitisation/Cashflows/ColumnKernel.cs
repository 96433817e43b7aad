using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>The balance interest is received on, as a type.</summary>
internal interface IEarning
{
    static abstract Vector512<double> Of(Vector512<double> open, Vector512<double> defaulted, Vector512<double> prepaid);
}

/// <summary>
/// Projects 32 loans of one shape (same term and plan) at once: four vectors of eight. Each loan's amounts are rounded by themselves in each month. Vectors are 512
/// bits wide whatever the processor has, so sums have the same lanes and the same bits everywhere.
/// </summary>
internal static class ColumnKernel
{
    /// <summary>Doubles in a vector.</summary>
    public const int Lanes = 8;

    /// <summary>Loans of a group.</summary>
    public const int GroupLength = 4 * Lanes;

    /// <summary>Sums kept a month: defaulted, scheduled, prepaid, interest.</summary>
    public const int Sums = 4;

    internal readonly struct AfterDefaults : IEarning
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Of(Vector512<double> open, Vector512<double> defaulted, Vector512<double> prepaid) => open - defaulted;
    }

    internal readonly struct AfterDefaultsAndPrepayments : IEarning
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Of(Vector512<double> open, Vector512<double> defaulted, Vector512<double> prepaid) => open - defaulted - prepaid;
    }

    internal readonly struct OnOpening : IEarning
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Of(Vector512<double> open, Vector512<double> defaulted, Vector512<double> prepaid) => open;
    }

    /// <summary>Rates by period: one number for all loans in a month.</summary>
    /// <param name="group">The loans.</param>
    /// <param name="rates">Of the scenario.</param>
    /// <param name="interestYears">Part of a year of each period.</param>
    /// <param name="sums">Gets the amounts added: a vector for each sum of each month.</param>
    public static void Run<TRounding, TOrder, TEarning>(ColumnGroup group, ScenarioRates rates, ReadOnlySpan<double> interestYears, Span<double> sums)
        where TRounding : struct, IRounding
        where TOrder : struct, IPaymentOrder
        where TEarning : struct, IEarning
    {
        ref var balance = ref MemoryMarshal.GetArrayDataReference(group.Balance);
        ref var rate = ref MemoryMarshal.GetArrayDataReference(group.Rate);
        ref var parts = ref MemoryMarshal.GetArrayDataReference(group.Parts);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        var months = group.Months;
        var lastDefault = months - rates.MonthsFree;
        var prepaidRatios = rates.Prepaid.AsSpan(0, months);
        var defaultedRatios = rates.Defaulted.AsSpan(0, months);
        var years = interestYears[..months];
        Vector512<double> open0 = Vector512.LoadUnsafe(ref balance), open1 = Vector512.LoadUnsafe(ref balance, Lanes);
        Vector512<double> open2 = Vector512.LoadUnsafe(ref balance, 2 * Lanes), open3 = Vector512.LoadUnsafe(ref balance, 3 * Lanes);
        Vector512<double> rate0 = Vector512.LoadUnsafe(ref rate), rate1 = Vector512.LoadUnsafe(ref rate, Lanes);
        Vector512<double> rate2 = Vector512.LoadUnsafe(ref rate, 2 * Lanes), rate3 = Vector512.LoadUnsafe(ref rate, 3 * Lanes);
        ref var part = ref Unsafe.Add(ref parts, (nint)(months - 1) * GroupLength);
        for (var t = 0; t < months; t++)
        {
            var defaultedRatio = Vector512.Create(t < lastDefault ? defaultedRatios[t] : 0);
            var prepaidRatio = Vector512.Create(prepaidRatios[t]);
            var year = Vector512.Create(years[t]);
            var (d0, s0, p0, i0) = Month<TRounding, TOrder, TEarning>(ref open0, rate0 * year, Vector512.LoadUnsafe(ref part), defaultedRatio, prepaidRatio);
            var (d1, s1, p1, i1) = Month<TRounding, TOrder, TEarning>(ref open1, rate1 * year, Vector512.LoadUnsafe(ref part, Lanes), defaultedRatio, prepaidRatio);
            var (d2, s2, p2, i2) = Month<TRounding, TOrder, TEarning>(ref open2, rate2 * year, Vector512.LoadUnsafe(ref part, 2 * Lanes), defaultedRatio, prepaidRatio);
            var (d3, s3, p3, i3) = Month<TRounding, TOrder, TEarning>(ref open3, rate3 * year, Vector512.LoadUnsafe(ref part, 3 * Lanes), defaultedRatio, prepaidRatio);
            Add(ref sum, d0 + d1 + (d2 + d3));
            Add(ref Unsafe.Add(ref sum, Lanes), s0 + s1 + (s2 + s3));
            Add(ref Unsafe.Add(ref sum, 2 * Lanes), p0 + p1 + (p2 + p3));
            Add(ref Unsafe.Add(ref sum, 3 * Lanes), i0 + i1 + (i2 + i3));
            sum = ref Unsafe.Add(ref sum, Sums * Lanes);
            part = ref Unsafe.Subtract(ref part, GroupLength);
        }
    }

    /// <summary>Rates by age: each loan reads its own from <see cref="ColumnGroup.LoadRates"/>.</summary>
    public static void RunByAge<TRounding, TOrder, TEarning>(ColumnGroup group, ReadOnlySpan<double> interestYears, Span<double> sums)
        where TRounding : struct, IRounding
        where TOrder : struct, IPaymentOrder
        where TEarning : struct, IEarning
    {
        var months = group.Months;
        ref var sum = ref MemoryMarshal.GetReference(sums);
        for (var v = 0; v < GroupLength; v += Lanes)
        {
            var open = Vector512.Create(group.Balance.AsSpan(v, Lanes));
            var rate = Vector512.Create(group.Rate.AsSpan(v, Lanes));
            for (var t = 0; t < months; t++)
            {
                var at = t * GroupLength + v;
                var defaultedRatio = Vector512.Create(group.DefaultedRatios.AsSpan(at, Lanes));
                var prepaidRatio = Vector512.Create(group.PrepaidRatios.AsSpan(at, Lanes));
                var part = Vector512.Create(group.Parts.AsSpan((months - 1 - t) * GroupLength + v, Lanes));
                var (d, s, p, i) = Month<TRounding, TOrder, TEarning>(ref open, rate * Vector512.Create(interestYears[t]), part, defaultedRatio, prepaidRatio);
                ref var to = ref Unsafe.Add(ref sum, (nint)t * Sums * Lanes);
                Add(ref to, d);
                Add(ref Unsafe.Add(ref to, Lanes), s);
                Add(ref Unsafe.Add(ref to, 2 * Lanes), p);
                Add(ref Unsafe.Add(ref to, 3 * Lanes), i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<double> Defaulted, Vector512<double> Scheduled, Vector512<double> Prepaid, Vector512<double> Interest) Month<TRounding, TOrder, TEarning>(
        ref Vector512<double> open, Vector512<double> rate, Vector512<double> part, Vector512<double> defaultedRatio, Vector512<double> prepaidRatio)
        where TRounding : struct, IRounding
        where TOrder : struct, IPaymentOrder
        where TEarning : struct, IEarning
    {
        var defaulted = TRounding.Of(open * defaultedRatio);
        TOrder.Of<TRounding>(open, part, prepaidRatio, ref defaulted, out var scheduled, out var prepaid);
        var interest = TRounding.Of(TEarning.Of(open, defaulted, prepaid) * rate);
        open = open - defaulted - scheduled - prepaid;
        return (defaulted, scheduled, prepaid, interest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref double to, Vector512<double> amounts) => (Vector512.LoadUnsafe(ref to) + amounts).StoreUnsafe(ref to);
}
