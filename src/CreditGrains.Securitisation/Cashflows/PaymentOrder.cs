using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CreditGrains.Securitisation.Cashflows;

/// <summary>
/// The principal of one month, for each <see cref="PrepaymentBase"/>, with defaults before scheduled principal: as a type, so that the kernel is compiled for each. The scalar
/// and the vector form do the same operations in the same order and so give the same bits.
/// </summary>
internal interface IPaymentOrder
{
    /// <param name="open">Opening balance.</param>
    /// <param name="part">Part of the balance due by plan, 0 to 1.</param>
    /// <param name="prepaidRatio">SMM.</param>
    /// <param name="defaulted">Amount; may be scaled down together with prepayments.</param>
    /// <param name="scheduled">Gets the scheduled principal.</param>
    /// <param name="prepaid">Gets the prepayments.</param>
    static abstract void Of<TRounding>(double open, double part, double prepaidRatio, ref double defaulted, out double scheduled, out double prepaid)
        where TRounding : struct, IRounding;

    /// <inheritdoc cref="Of{TRounding}(double, double, double, ref double, out double, out double)"/>
    static abstract void Of<TRounding>(
        Vector512<double> open, Vector512<double> part, Vector512<double> prepaidRatio, ref Vector512<double> defaulted, out Vector512<double> scheduled, out Vector512<double> prepaid)
        where TRounding : struct, IRounding;
}

/// <summary>The four orders.</summary>
internal static class PaymentOrder
{
    /// <inheritdoc cref="PrepaymentBase.OpeningLessScheduled"/>
    internal readonly struct OpeningLessScheduled : IPaymentOrder
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Of<TRounding>(double open, double part, double prepaidRatio, ref double defaulted, out double scheduled, out double prepaid)
            where TRounding : struct, IRounding
        {
            var left = open - defaulted;
            scheduled = TRounding.Of(left * part);
            prepaid = Math.Min(TRounding.Of((open - open * part) * prepaidRatio), left - scheduled);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Of<TRounding>(
            Vector512<double> open, Vector512<double> part, Vector512<double> prepaidRatio, ref Vector512<double> defaulted, out Vector512<double> scheduled, out Vector512<double> prepaid)
            where TRounding : struct, IRounding
        {
            var left = open - defaulted;
            scheduled = TRounding.Of(left * part);
            prepaid = Vector512.MinNative(TRounding.Of((open - open * part) * prepaidRatio), left - scheduled);
        }
    }

    /// <inheritdoc cref="PrepaymentBase.SurvivorsAfterScheduled"/>
    internal readonly struct SurvivorsAfterScheduled : IPaymentOrder
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Of<TRounding>(double open, double part, double prepaidRatio, ref double defaulted, out double scheduled, out double prepaid)
            where TRounding : struct, IRounding
        {
            var left = open - defaulted;
            scheduled = TRounding.Of(left * part);
            prepaid = TRounding.Of((left - scheduled) * prepaidRatio);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Of<TRounding>(
            Vector512<double> open, Vector512<double> part, Vector512<double> prepaidRatio, ref Vector512<double> defaulted, out Vector512<double> scheduled, out Vector512<double> prepaid)
            where TRounding : struct, IRounding
        {
            var left = open - defaulted;
            scheduled = TRounding.Of(left * part);
            prepaid = TRounding.Of((left - scheduled) * prepaidRatio);
        }
    }

    /// <inheritdoc cref="PrepaymentBase.Opening"/>
    internal readonly struct Opening : IPaymentOrder
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Of<TRounding>(double open, double part, double prepaidRatio, ref double defaulted, out double scheduled, out double prepaid)
            where TRounding : struct, IRounding
        {
            prepaid = TRounding.Of(open * prepaidRatio);
            var both = defaulted + prepaid;
            if (both > open)
            {
                defaulted = Math.Min(open, TRounding.Of(defaulted * (open / both)));
                prepaid = open - defaulted;
            }

            scheduled = TRounding.Of((open - defaulted - prepaid) * part);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Of<TRounding>(
            Vector512<double> open, Vector512<double> part, Vector512<double> prepaidRatio, ref Vector512<double> defaulted, out Vector512<double> scheduled, out Vector512<double> prepaid)
            where TRounding : struct, IRounding
        {
            prepaid = TRounding.Of(open * prepaidRatio);
            var both = defaulted + prepaid;
            var over = Vector512.GreaterThan(both, open);
            if (over != Vector512<double>.Zero)
            {
                var scaled = Vector512.MinNative(open, TRounding.Of(defaulted * (open / both)));
                defaulted = Vector512.ConditionalSelect(over, scaled, defaulted);
                prepaid = Vector512.ConditionalSelect(over, open - scaled, prepaid);
            }

            scheduled = TRounding.Of((open - defaulted - prepaid) * part);
        }
    }

    /// <inheritdoc cref="PrepaymentBase.OpeningLessDefaults"/>
    internal readonly struct OpeningLessDefaults : IPaymentOrder
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Of<TRounding>(double open, double part, double prepaidRatio, ref double defaulted, out double scheduled, out double prepaid)
            where TRounding : struct, IRounding
        {
            var left = open - defaulted;
            prepaid = TRounding.Of(left * prepaidRatio);
            scheduled = TRounding.Of((left - prepaid) * part);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Of<TRounding>(
            Vector512<double> open, Vector512<double> part, Vector512<double> prepaidRatio, ref Vector512<double> defaulted, out Vector512<double> scheduled, out Vector512<double> prepaid)
            where TRounding : struct, IRounding
        {
            var left = open - defaulted;
            prepaid = TRounding.Of(left * prepaidRatio);
            scheduled = TRounding.Of((left - prepaid) * part);
        }
    }
}
