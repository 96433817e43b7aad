using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans;
using CreditGrains.Domain.Loans.Calendars;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Loans.Servicing;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Pools;
using CreditGrains.Domain.Requests;
using FsCheck;
using FsCheck.Fluent;
using Outcome = CreditGrains.Domain.Decisions.Outcome;

namespace CreditGrains.Api.Tests.Mapping;

/// <summary>Commands and outcomes for tests: one of every kind with every field it uses set, and random ones.</summary>
internal static class Samples
{
    public static readonly RequestId Id = RequestId.ForTime(1_700_000_000_000, 0xABC, 0x1234_5678);
    public static readonly NodeKey Facility = NodeKey.Facility(7, 3, 1L << 40);
    public static readonly NodeKey Borrower = new(99, 7, 3, NodeKind.Borrower);
    public static readonly NodeKey Pool = new(5, 7, 3, NodeKind.Pool);
    public static readonly Currency Eur = Currency.Parse("EUR");

    /// <summary>Every account command a caller may send.</summary>
    public static IEnumerable<Command> Accounts()
    {
        yield return Spend(CommandKind.Authorize) with { AmountMin = 5, LifetimeSeconds = 60 };
        yield return Amount(CommandKind.IncreaseHold) with { Reference = 11, LifetimeSeconds = 60 };
        yield return Spend(CommandKind.Drawdown) with { AmountMin = 5, LifetimeSeconds = 60 };
        yield return Spend(CommandKind.Capture) with { Reference = 11, Options = CommandOptions.Final };
        yield return Spend(CommandKind.Capture) with { Reference = 11 };
        yield return Spend(CommandKind.ClearWithoutHold);
        yield return Amount(CommandKind.Repay) with { LifetimeSeconds = 60, Options = CommandOptions.Uncleared };
        yield return Amount(CommandKind.Repay);
        yield return Plain(CommandKind.ClearRepayment) with { Reference = 11 };
        yield return Plain(CommandKind.ReverseRepayment) with { Reference = 11 };
        yield return Spend(CommandKind.Refund);
        yield return Spend(CommandKind.Chargeback);
        yield return Amount(CommandKind.PostInterest);
        yield return Amount(CommandKind.PostFee);
        yield return Amount(CommandKind.WriteOff);
        yield return Amount(CommandKind.Recover);
        yield return Amount(CommandKind.Adjust) with { Amount = -9, InterestDelta = 2, FeesDelta = -3 };
        yield return Amount(CommandKind.WriteOff) with { Reference = 12 };
        yield return Amount(CommandKind.RepayEarly) with { Reference = 12, Options = CommandOptions.ShrinksTerm };
        yield return Plain(CommandKind.GrantHoliday) with { Reference = 12, Control = new LoanHoliday(Facility, 3, HolidayInterest.Capitalised, true) };
        yield return Plain(CommandKind.ExtendLoan) with { Reference = 12, Control = new LoanExtension(Facility, 6, true) };
        foreach (var offer in Offers())
        {
            yield return Spend(CommandKind.Drawdown) with { Control = offer };
            yield return Plain(CommandKind.RenewLoan) with { Reference = 12, Options = CommandOptions.Eligible, Control = offer };
            yield return Amount(CommandKind.ImportLoan) with { Control = new LoanTakeover(Facility, offer, new DateOnly(2025, 11, 3), new DateOnly(2024, 5, 3)) };
        }
        yield return Plain(CommandKind.Void) with { Reference = 11 };
        yield return Plain(CommandKind.Reverse) with { Facility = new NodeKey(0, 7, 0, NodeKind.None), Original = RequestId.ForSession(5, 6) };
        yield return Plain(CommandKind.ResolveReferral) with { Reference = 11, Options = CommandOptions.Accept };
        yield return Plain(CommandKind.ResolveReferral) with { Reference = 11 };
        yield return Plain(CommandKind.RequestReview) with { Reference = 11 };
    }

    /// <summary>A loan of every schedule kind, with all its fields set.</summary>
    public static IEnumerable<LoanOffer> Offers()
    {
        Amortisation[] kinds =
        [
            new Amortisation.Level(), new Amortisation.EqualPrincipal(), new Amortisation.InterestOnlyThenLevel(3), new Amortisation.Balloon(5), new Amortisation.Bullet(),
            new Amortisation.Stepped([new InstalmentStep(1, 5), new InstalmentStep(4, 7)]), new Amortisation.Custom([new CustomInstalment(new DateOnly(2027, 1, 1), 4, CustomAmount.Total)]),
            new Amortisation.Seasonal(new CashProfile([1, 2, 3, -4, 5, 6, 7, 8, 9, 10, 11, 12], 4, 500_000)),
        ];
        foreach (var kind in kinds)
        {
            var product = new LoanProduct
            {
                Interval = PaymentInterval.Quarterly, Amortisation = kind, DayCount = DayCount.ActualActualIsda, BusinessDays = BusinessDayRule.ModifiedFollowing,
                Calendar = BusinessCalendar.Create([new DateOnly(2026, 10, 1)], [new DateOnly(2026, 2, 14)]).Value, AccrualDates = AccrualDates.Adjusted,
                Rounding = new RoundingRule(RoundingMode.HalfEven, RoundingMode.Up, 100), LastInstalment = LastInstalmentRule.FirstTakesRest,
                Fees = [new LoanFee("a fee", FeeTiming.WithFirstInstalment, FeeMeasure.OfAmount, 10_000, true)],
                Overdue = new OverdueTerms { PenaltyPpm = 1_500_000, Compounding = Compounding.OnInterest, GraceDays = 3, ChargesAtMonthEnd = true, BounceFee = 7, NonAccrualFromDays = 60, Observation = new ObservationRule(80, 3, 7), PenaltyDayCount = DayCount.Actual365Fixed, Allocation = AllocationRule.PrincipalFirstAfter90 },
                Classes = ClassificationTable.Cards, Buckets = new BucketEdges([0, 10, 20]), IsRetail = true,
            };
            yield return new LoanOffer(Facility, SealedProduct.Of(product), new LoanFigures(new RateAnnual(43_500_000), 24, new DateOnly(2026, 3, 31), 31));
        }
    }

    /// <summary>Every control command.</summary>
    public static IEnumerable<ControlCommand> Controls()
    {
        var basis = new ExposureBasis(ExposureMeasure.DrawnPlusUndrawnFactor, true, 250_000);
        var entity = new NodeKey(0, 7, 3, NodeKind.None);
        yield return new OpenNode(Borrower, Eur, 1L << 60, basis, [new ParentShare(Pool, 400_000), new ParentShare(Pool with { Id = 6 })]);
        yield return new OpenNode(Borrower, Eur, 0, default, []);
        yield return new OpenFacility(Facility, Eur, 500, basis, true, 77, [new ParentShare(Borrower)]);
        yield return new LinkNode(Facility, new ParentShare(Borrower, 1));
        yield return new UnlinkNode(Facility, Borrower);
        yield return new MoveFacility(Facility, Borrower, new ParentShare(Pool, 3));
        yield return new TransferToPool(Facility, Pool);
        yield return new TransferToPool(Facility, default);
        yield return new SetLimit(Facility, 0);
        yield return new SetLimit(Borrower, 8, 9, 10);
        yield return new SetSubLimit(Facility, Channel.Cash, 0, 9999, 5);
        yield return new SetSubLimit(Facility, Channel.Unspecified, 6011, 6012, 0);
        yield return new SetSubLimit(Facility, Channel.Unspecified, 6011, 6012, -1);
        yield return new SetVelocityLimit(Borrower, 3600, 0, 0);
        yield return new SetVelocityLimit(Borrower, 3600, 5, -1);
        yield return new SetVelocityLimit(Borrower, 3600, -1, 5);
        yield return new SetVelocityLimit(Borrower, 3600, -1, -1);
        yield return new SetReviewThreshold(Borrower, 0);
        yield return new SetReviewThreshold(Borrower, -1);
        yield return new Freeze(Facility);
        yield return new Unfreeze(Facility);
        yield return new Close(Borrower);
        yield return new SetFxRate(entity, Eur, Currency.Parse("JPY"), 163_000_000_000, 12);
        yield return new AdvanceBusinessDate(entity, 20_000);
        yield return new ReportBankDebt(new NodeKey(5, 7, 3, NodeKind.Borrower), 900, 90);
        yield return new ActivateFeatures(entity, "{}"u8.ToArray());
        var day = new DateOnly(2026, 1, 31);
        yield return new DefinePool(Pool, "{ \"name\": \"汽车\" }"u8.ToArray());
        yield return new PutLoanInPool(Pool, 9, TransferKind.SubstituteIn, day, new LoanCandidate
        {
            Currency = Eur, Principal = 5, RatePpm = 6, RemainingMonths = 7, DaysPastDue = 8, Industry = 9, Region = 10, Obligor = 11, Origination = day.AddDays(-1), Plan = LoanPlan.InterestOnlyThenLevel, LevelMonths = 3,
        });
        yield return new TakeLoanFromPool(Pool, 9, TransferKind.CleanUp, day);
        yield return new ReportLoan(Pool, 9, new LoanMovement
        {
            Date = day, Cause = MovementCause.Renewed, Principal = 1, Scheduled = 2, Prepaid = 3, Interest = -4, Recovery = -5, DaysPastDue = 6, RemainingMonths = 7, RatePpm = 8,
        });
        yield return new PutContent(entity, ContentHash.Of([1, 2]), 900, 400, [1, 2, 0]);
        yield return new RegisterModel(entity, "card", 3, ContentHash.Of([1]), ContentHash.Of([2]), "{\"of\":\"样\"}");
        yield return new RegisterModel(entity, "card", 4, ContentHash.Of([1]), default, "");
        yield return new RegisterPolicy(entity, "policy", 1, ContentHash.Of([3]), "Request");
        yield return new ActivateModel(entity, "card", 3, VersionRole.Challenger, 250_000, 77, "ann", "bob");
        yield return new ActivateModel(Borrower, "card", 3, VersionRole.Acting, 0, 0, "ann", "bob");
        yield return new ActivatePolicy(entity, "policy", 1, VersionRole.Shadow, 0, "ann", "");
    }

    /// <summary>Numbers of every length on the wire.</summary>
    public static Gen<long> Long() => Gen.Choose(0, 63).SelectMany(bits => Gen.Choose(int.MinValue, int.MaxValue).Two().Select(
        pair => unchecked((((long)pair.Item1 << 32) ^ (uint)pair.Item2) >> bits)));

    /// <summary>
    /// Outcomes as no engine gives them: any field with any value, but for principal, interest and fees, which take a quarter of the range
    /// each: their sum is a property of the balances, and a comparison reads it.
    /// </summary>
    public static Gen<Outcome> Outcomes() =>
        from kind in Gen.Choose(0, 5)
        from duplicate in Gen.Elements(true, false)
        from reason in Gen.Elements(Enum.GetValues<Reason>())
        from numbers in Gen.ArrayOf(Long(), 13)
        from limits in Gen.ArrayOf(Limits(), 0).Or(Gen.ListOf(Limits()).Select(list => list.ToArray()))
        from message in Gen.Elements(null, "", "amount is 0; use 1 to 2^62", "größer als erlaubt: 额度")
        from risk in Gen.Elements(Risks())
        select new Outcome
        {
            Kind = (OutcomeKind)kind, Duplicate = duplicate, Reason = reason, Sequence = numbers[0], RecordedAtMicros = numbers[1], Amount = numbers[2],
            ExpiresAtMicros = numbers[3], Headroom = numbers[4], Limits = limits.Length == 0 ? null : limits, Message = message, Risk = risk,
            Balances = new FacilityBalances(numbers[5] / 4, numbers[6] / 4, numbers[7] / 4, numbers[8], numbers[9], numbers[10], numbers[11], numbers[12]),
        };

    private static RiskRecord[] Risks() =>
    [
        default,
        new() { Model = new VersionName("card", 3), Score = 512.25, Policy = new VersionName("p.1", 12), IsChallenger = true },
        new() { Model = new VersionName("trees", 1), Score = double.NaN, Reasons = [new DecisionReason(ReasonSource.Engine, "NOT_SCORED", "No score", "无法评分")] },
        new() { Model = new VersionName("zero", 1), Score = 0 },
        new()
        {
            Policy = new VersionName(new string('x', 64), int.MaxValue),
            Reasons = [.. Enumerable.Range(1, 4).Select(i => new DecisionReason((ReasonSource)i, $"R{i}", new string('e', 40 * i), new string('因', 30 * i)))],
        },
    ];

    private static Gen<FailingLimit> Limits() =>
        from numbers in Gen.ArrayOf(Long(), 3)
        from kind in Gen.Choose(0, 5)
        from node in Gen.Choose(0, 10)
        from detail in Gen.Choose(int.MinValue, int.MaxValue)
        from tenant in Gen.Choose(0, ushort.MaxValue)
        select new FailingLimit(new NodeKey(numbers[0], (ushort)tenant, 1, (NodeKind)node), (LimitKind)kind, numbers[1], numbers[2], detail);

    private static Command Plain(CommandKind kind) => new()
    {
        Kind = kind, Id = Id, Facility = Facility, OccurredAtMicros = 1_700_000_000_000_123, Attributes = [1, 0, 255],
    };

    private static Command Amount(CommandKind kind) => Plain(kind) with { Amount = 12_900, Currency = Eur };

    private static Command Spend(CommandKind kind) => Amount(kind) with { Channel = Channel.Online, MerchantCategory = 5411, Scenario = 12 };
}
