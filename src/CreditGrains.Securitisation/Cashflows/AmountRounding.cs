using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>How an amount becomes whole minor units. Amounts are carried as doubles that hold integers exactly, below 2^53.</summary>
public enum AmountRounding
{
    /// <summary>To the nearest, a half to the even neighbour: no drift over many loans. The usual.</summary>
    HalfEven = 0,

    /// <summary>To the nearest, a half upwards.</summary>
    HalfUp = 1,

    /// <summary>Cut off. AbsBox.</summary>
    Truncate = 2,

    /// <summary>Not at all: fractions of minor units, as published tables of formulas use them.</summary>
    None = 3,
}

/// <summary>
/// A rounding as a type, so that a kernel is compiled for each. The scalar and the vector form give the same bits. Amounts are not negative.
/// </summary>
internal interface IRounding
{
    static abstract double Of(double amount);

    static abstract Vector512<double> Of(Vector512<double> amounts);
}

/// <summary>Rounds by the declared mode.</summary>
internal static class Rounded
{
    /// <summary>A millionth of a minor unit: what a decimal fraction loses in binary is never a cent.</summary>
    internal const double Nudge = 1e-6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Of(AmountRounding rounding, double amount) => rounding switch
    {
        AmountRounding.HalfEven => HalfEven.Of(amount),
        AmountRounding.HalfUp => HalfUp.Of(amount),
        AmountRounding.Truncate => Truncated.Of(amount),
        _ => amount,
    };

    internal readonly struct HalfEven : IRounding
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static double Of(double amount) => Math.Round(amount);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Of(Vector512<double> amounts) => Vector512.Round(amounts);
    }

    internal readonly struct HalfUp : IRounding
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static double Of(double amount) => Math.Floor(amount + (0.5 + Nudge));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Of(Vector512<double> amounts) => Vector512.Floor(amounts + Vector512.Create(0.5 + Nudge));
    }

    internal readonly struct Truncated : IRounding
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static double Of(double amount) => Math.Floor(amount + Nudge);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Of(Vector512<double> amounts) => Vector512.Floor(amounts + Vector512.Create(Nudge));
    }

    internal readonly struct Unrounded : IRounding
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static double Of(double amount) => amount;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Of(Vector512<double> amounts) => amounts;
    }
}
