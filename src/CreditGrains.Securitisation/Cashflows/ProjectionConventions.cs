namespace CreditGrains.Securitisation.Cashflows;

/// <summary>When in a month loans default.</summary>
public enum DefaultTiming
{
    /// <summary>On the opening balance, before anything is paid (BMA, AbsBox).</summary>
    BeforeScheduledPrincipal = 0,

    /// <summary>On what is left after scheduled principal.</summary>
    AfterScheduledPrincipal = 1,
}

/// <summary>The balance a prepayment rate applies to.</summary>
public enum PrepaymentBase
{
    /// <summary>Opening balance less its scheduled principal, new defaults not taken off: PERF(i−1) · A(i)/A(i−1). Source: BMA Standard Formulas, chapter SF.</summary>
    OpeningLessScheduled = 0,

    /// <summary>What is left after defaults and scheduled principal.</summary>
    SurvivorsAfterScheduled = 1,

    /// <summary>Opening balance (Chinese SMM type 1); scheduled principal follows on the rest. More than the balance of defaults and prepayments is scaled down together.</summary>
    Opening = 2,

    /// <summary>Opening balance less defaults; scheduled principal follows on the rest. Source: AbsBox.</summary>
    OpeningLessDefaults = 3,
}

/// <summary>The balance interest is received on.</summary>
public enum InterestBase
{
    /// <summary>Opening balance less defaults: what is prepaid still pays its month (BMA; Chinese rating practice).</summary>
    AfterDefaults = 0,

    /// <summary>Opening balance less defaults and prepayments. Source: AbsBox.</summary>
    AfterDefaultsAndPrepayments = 1,

    /// <summary>The whole opening balance.</summary>
    Opening = 2,
}

/// <summary>How long a period is.</summary>
public enum PeriodClock
{
    /// <summary>A twelfth of a year.</summary>
    Twelfth = 0,

    /// <summary>Actual days ÷ 365.</summary>
    Actual365 = 1,

    /// <summary>Actual days ÷ 360; for interest only.</summary>
    Actual360 = 2,
}

/// <summary>What a prepayment in part does to a loan.</summary>
public enum PrepaymentEffect
{
    /// <summary>缩额: the term stays and instalments shrink in proportion.</summary>
    ShrinkInstalment = 0,

    /// <summary>缩期: instalments stay and the term shrinks. Instalments shrink only by what defaults.</summary>
    ShrinkTerm = 1,

    /// <summary>
    /// 缩期 as Chinese rating practice writes it, on the plan of the cut-off: principal = plan − defaults + prepaid, at most what is left. Source: Chinese rating
    /// practice, 缩期法.
    /// </summary>
    ShrinkTermByPlan = 2,
}

/// <summary>Everything about a projection that is a convention and not an assumption. Each published table has its own; <see cref="Bma"/> and <see cref="AbsBox"/> are two of them.</summary>
public sealed record ProjectionConventions
{
    public DefaultTiming DefaultTiming { get; init; }

    public PrepaymentBase PrepaymentBase { get; init; } = PrepaymentBase.SurvivorsAfterScheduled;

    public InterestBase InterestBase { get; init; }

    /// <summary>How annual prepayment and default rates become those of a period: twelfth or ACT/365.</summary>
    public PeriodClock RateClock { get; init; }

    /// <summary>How the annual interest rate becomes that of a period.</summary>
    public PeriodClock InterestClock { get; init; }

    /// <summary>How amounts are rounded to the minor unit, at each loan or rep line and in each period.</summary>
    public AmountRounding Rounding { get; init; } = AmountRounding.HalfEven;

    /// <summary>Decimal digits the interest rate of a period is rounded to, half-up; null leaves it.</summary>
    public int? PeriodRateDigits { get; init; }

    public PrepaymentEffect PrepaymentEffect { get; init; }

    /// <summary>Whether no loan defaults in the last months before maturity, as many as the lag of recovery. Source: BMA Standard Formulas, chapter SF.</summary>
    public bool NoDefaultNearMaturity { get; init; }

    /// <summary>BMA Standard Formulas, chapter SF: unrounded, defaults before scheduled principal, prepayment on the opening balance less scheduled principal.</summary>
    public static ProjectionConventions Bma { get; } = new()
    {
        PrepaymentBase = PrepaymentBase.OpeningLessScheduled,
        Rounding = AmountRounding.None,
        NoDefaultNearMaturity = true,
    };

    /// <summary>AbsBox / Hastructure: defaults, then prepayment on the rest, ACT/365, amounts cut to the minor unit, r/12 to 6 digits.</summary>
    public static ProjectionConventions AbsBox { get; } = new()
    {
        PrepaymentBase = PrepaymentBase.OpeningLessDefaults,
        InterestBase = InterestBase.AfterDefaultsAndPrepayments,
        RateClock = PeriodClock.Actual365,
        Rounding = AmountRounding.Truncate,
        PeriodRateDigits = 6,
    };

    /// <summary>Chinese rating practice: SMM type 1 on the opening balance, ACT/365, 缩额, prepaid amounts pay interest for their month.</summary>
    public static ProjectionConventions China { get; } = new()
    {
        PrepaymentBase = PrepaymentBase.Opening,
        RateClock = PeriodClock.Actual365,
        Rounding = AmountRounding.HalfUp,
    };

    /// <exception cref="InvalidInputException">Conventions that contradict each other.</exception>
    public void Check()
    {
        if (RateClock == PeriodClock.Actual360)
            throw new InvalidInputException("ConventionConflict", "rateClock", "annual default and prepayment rates are converted by twelfth or actual365; actual360 is for interest");
        if (PeriodRateDigits is < 1 or > 15) throw new InvalidInputException("ConventionOutOfRange", "periodRateDigits", "write 1 to 15 digits, or leave it out");
        if (PrepaymentEffect == PrepaymentEffect.ShrinkTermByPlan && PrepaymentBase != PrepaymentBase.Opening)
            throw new InvalidInputException("ConventionConflict", "prepaymentEffect", "shrinkTermByPlan is defined on prepayments of the opening balance; set prepaymentBase to opening");
    }
}
