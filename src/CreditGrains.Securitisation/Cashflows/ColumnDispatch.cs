namespace CreditGrains.Securitisation.Cashflows;

/// <summary>Chooses the kernel that is compiled for the declared conventions.</summary>
internal abstract class ColumnDispatch
{
    private ColumnDispatch()
    {
    }

    /// <summary>Adds a group's amounts under one scenario.</summary>
    public abstract void Run(ColumnGroup group, ScenarioRates rates, double[] interestYears, Span<double> sums);

    public static ColumnDispatch Of(ProjectionConventions conventions) => conventions.Rounding switch
    {
        AmountRounding.HalfUp => Of<Rounded.HalfUp>(conventions),
        AmountRounding.Truncate => Of<Rounded.Truncated>(conventions),
        AmountRounding.None => Of<Rounded.Unrounded>(conventions),
        _ => Of<Rounded.HalfEven>(conventions),
    };

    private static ColumnDispatch Of<TRounding>(ProjectionConventions conventions)
        where TRounding : struct, IRounding => conventions.PrepaymentBase switch
        {
            PrepaymentBase.OpeningLessScheduled => Of<TRounding, PaymentOrder.OpeningLessScheduled>(conventions),
            PrepaymentBase.Opening => Of<TRounding, PaymentOrder.Opening>(conventions),
            PrepaymentBase.OpeningLessDefaults => Of<TRounding, PaymentOrder.OpeningLessDefaults>(conventions),
            _ => Of<TRounding, PaymentOrder.SurvivorsAfterScheduled>(conventions),
        };

    private static ColumnDispatch Of<TRounding, TOrder>(ProjectionConventions conventions)
        where TRounding : struct, IRounding
        where TOrder : struct, IPaymentOrder => conventions.InterestBase switch
        {
            InterestBase.Opening => new For<TRounding, TOrder, ColumnKernel.OnOpening>(),
            InterestBase.AfterDefaultsAndPrepayments => new For<TRounding, TOrder, ColumnKernel.AfterDefaultsAndPrepayments>(),
            _ => new For<TRounding, TOrder, ColumnKernel.AfterDefaults>(),
        };

    private sealed class For<TRounding, TOrder, TEarning> : ColumnDispatch
        where TRounding : struct, IRounding
        where TOrder : struct, IPaymentOrder
        where TEarning : struct, IEarning
    {
        public override void Run(ColumnGroup group, ScenarioRates rates, double[] interestYears, Span<double> sums)
        {
            if (rates.IsByAge)
            {
                group.LoadRates(rates);
                ColumnKernel.RunByAge<TRounding, TOrder, TEarning>(group, interestYears, sums);
            }
            else
            {
                ColumnKernel.Run<TRounding, TOrder, TEarning>(group, rates, interestYears, sums);
            }
        }
    }
}
