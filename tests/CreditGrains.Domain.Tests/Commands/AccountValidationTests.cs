using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Domain.Tests.Commands;

/// <summary>What is refused of account commands before any state is looked at.</summary>
public sealed class AccountValidationTests
{
    private const long Most = Command.AmountMax;

    /// <summary>Which fields each kind uses. A field not named must keep its default.</summary>
    private static readonly (CommandKind Kind, string Fields)[] Uses =
    [
        (CommandKind.Authorize, "amount least currency lifetime channel"),
        (CommandKind.IncreaseHold, "amount currency lifetime reference"),
        (CommandKind.Drawdown, "amount least currency lifetime channel"),
        (CommandKind.Capture, "amount currency reference channel final"),
        (CommandKind.ClearWithoutHold, "amount currency channel"),
        (CommandKind.Repay, "amount currency uncleared"),
        (CommandKind.ClearRepayment, "reference"),
        (CommandKind.ReverseRepayment, "reference"),
        (CommandKind.Refund, "amount currency channel"),
        (CommandKind.Chargeback, "amount currency channel"),
        (CommandKind.PostInterest, "amount currency"),
        (CommandKind.PostFee, "amount currency"),
        (CommandKind.WriteOff, "amount currency reference"),
        (CommandKind.Recover, "amount currency reference"),
        (CommandKind.Adjust, "amount currency deltas"),
        (CommandKind.RepayEarly, "amount currency reference shrinks"),
        (CommandKind.GrantHoliday, "reference"),
        (CommandKind.ExtendLoan, "reference"),
        (CommandKind.RenewLoan, "reference eligible"),
        (CommandKind.ImportLoan, "amount currency"),
        (CommandKind.Void, "reference"),
        (CommandKind.ResolveReferral, "reference accept"),
        (CommandKind.RequestReview, "reference"),
        (CommandKind.Reverse, "original"),
    ];

    /// <summary>A value for each field, and the reason given where the field is not used.</summary>
    private static readonly (string Field, Func<Command, Command> Set, Reason WhenUnused)[] Fields =
    [
        ("amount", c => c with { Amount = 100 }, Reason.InvalidAmount),
        ("least", c => c with { AmountMin = 50 }, Reason.InvalidField),
        ("currency", c => c with { Currency = Samples.Eur }, Reason.InvalidCurrency),
        ("lifetime", c => c with { LifetimeSeconds = 60 }, Reason.InvalidField),
        ("reference", c => c with { Reference = 5 }, Reason.InvalidField),
        ("channel", c => c with { Channel = Channel.Cash }, Reason.InvalidField),
        ("channel", c => c with { MerchantCategory = 6011 }, Reason.InvalidField),
        ("final", c => c with { Options = CommandOptions.Final }, Reason.InvalidField),
        ("uncleared", c => c with { Options = CommandOptions.Uncleared }, Reason.InvalidField),
        ("uncleared", c => c with { Options = CommandOptions.Uncleared, LifetimeSeconds = 60 }, Reason.InvalidField),
        ("accept", c => c with { Options = CommandOptions.Accept }, Reason.InvalidField),
        ("deltas", c => c with { InterestDelta = -1 }, Reason.InvalidField),
        ("deltas", c => c with { FeesDelta = 1 }, Reason.InvalidField),
        ("original", c => c with { Original = RequestId.ForTime(1, 2, 2) }, Reason.InvalidField),
        ("shrinks", c => c with { Options = CommandOptions.ShrinksTerm }, Reason.InvalidField),
        ("eligible", c => c with { Options = CommandOptions.Eligible }, Reason.InvalidField),
        ("none", c => c with { Options = (CommandOptions)128 }, Reason.InvalidField),
        ("none", c => c with { Control = new Freeze(Samples.Facility) }, Reason.InvalidField),
    ];

    public static TheoryData<CommandKind, int, bool> FieldsOfKinds()
    {
        var rows = new TheoryData<CommandKind, int, bool>();
        foreach (var (kind, fields) in Uses)
            for (var i = 0; i < Fields.Length; i++) rows.Add(kind, i, fields.Split(' ').Contains(Fields[i].Field));
        return rows;
    }

    [Fact]
    public void Table_OfUses_NamesEveryAccountKindOnce() =>
        Assert.Equal(Samples.Kinds.Where(k => k.IsAccount()), Uses.Select(u => u.Kind).Order());

    [Theory]
    [MemberData(nameof(FieldsOfKinds))]
    public void Field_OfAKind_IsTakenWhereUsedAndRefusedElsewhere(CommandKind kind, int field, bool used)
    {
        var (name, set, whenUnused) = Fields[field];
        var (reason, message) = CommandValidation.Check(set(Samples.Account(kind)));
        // A least amount beside no amount is a fault of the amount.
        if (!used && name == "least" && Samples.Account(kind).Amount == 0) whenUnused = Reason.InvalidAmount;
        Assert.Equal(used ? Reason.None : whenUnused, reason);
        Assert.Equal(used, string.IsNullOrEmpty(message));
    }

    public static TheoryData<string, CommandKind, Reason> Values()
    {
        var rows = new TheoryData<string, CommandKind, Reason>();
        foreach (var (kind, fields) in Uses)
        {
            var used = fields.Split(' ');
            foreach (var (change, field, reason) in ValueRules)
                if (field == "any" || used.Contains(field)) rows.Add(change, kind, kind == CommandKind.Adjust && field == "amount" ? OfAdjust(change)
                    // Of these it names a loan, or none.
                    : kind is CommandKind.WriteOff or CommandKind.Recover && change == "reference 0" ? Reason.None
                    // No schedule of so much can be made.
                    : kind == CommandKind.ImportLoan && change == "amount 2^60" ? Reason.InvalidField : reason);
        }
        return rows;
    }

    /// <summary>Values at and beyond the edge of each field's range, for every kind that uses the field.</summary>
    private static readonly (string Change, string Field, Reason Reason)[] ValueRules =
    [
        ("amount 0", "amount", Reason.InvalidAmount),
        ("amount -1", "amount", Reason.InvalidAmount),
        ("amount 1", "amount", Reason.None),
        ("amount 2^60", "amount", Reason.None),
        ("amount 2^60+1", "amount", Reason.InvalidAmount),
        ("amount min", "amount", Reason.InvalidAmount),
        ("least = amount", "least", Reason.None),
        ("least > amount", "least", Reason.InvalidAmount),
        ("least -1", "least", Reason.InvalidAmount),
        ("currency none", "currency", Reason.InvalidCurrency),
        ("currency unknown", "currency", Reason.InvalidCurrency),
        ("reference 0", "reference", Reason.InvalidField),
        ("reference -1", "reference", Reason.InvalidField),
        ("reference 1", "reference", Reason.None),
        ("lifetime -1", "lifetime", Reason.InvalidField),
        ("lifetime 400 days", "lifetime", Reason.None),
        ("lifetime 400 days + 1 s", "lifetime", Reason.InvalidField),
        ("float lifetime -1", "uncleared", Reason.InvalidField),
        ("float lifetime 400 days", "uncleared", Reason.None),
        ("float lifetime 400 days + 1 s", "uncleared", Reason.InvalidField),
        ("lifetime without float", "uncleared", Reason.InvalidField),
        ("channel last", "channel", Reason.None),
        ("channel unknown", "channel", Reason.InvalidField),
        ("category 9999", "channel", Reason.None),
        ("category 10000", "channel", Reason.InvalidField),
        ("deltas at their most", "deltas", Reason.None),
        ("interest delta beyond", "deltas", Reason.InvalidAmount),
        ("fees delta beyond", "deltas", Reason.InvalidAmount),
        ("no delta at all", "deltas", Reason.InvalidAmount),
        ("original none", "original", Reason.InvalidRequestId),
        ("original v4", "original", Reason.InvalidRequestId),
        ("original session", "original", Reason.None),
        ("original itself", "original", Reason.InvalidField),
        ("scenario", "any", Reason.None),
        ("occurred -1", "any", Reason.InvalidField),
        ("occurred 1", "any", Reason.None),
        ("attributes 256", "any", Reason.None),
        ("attributes 257", "any", Reason.InvalidField),
        ("tenant 0", "any", Reason.InvalidKey),
        ("id none", "any", Reason.InvalidRequestId),
        ("id v4", "any", Reason.InvalidRequestId),
        ("id session", "any", Reason.None),
        ("id session 0", "any", Reason.InvalidRequestId),
    ];

    private static Reason OfAdjust(string change) => change is "amount 2^60+1" or "amount min" or "amount 0" ? Reason.InvalidAmount : Reason.None;

    private static Command Change(Command c, string change) => change switch
    {
        "amount 0" => c with { Amount = 0 },
        "amount -1" => c with { Amount = -1 },
        "amount 1" => c with { Amount = 1 },
        "amount 2^60" => c with { Amount = Most },
        "amount 2^60+1" => c with { Amount = Most + 1 },
        "amount min" => c with { Amount = long.MinValue },
        "least = amount" => c with { AmountMin = c.Amount },
        "least > amount" => c with { AmountMin = c.Amount + 1 },
        "least -1" => c with { AmountMin = -1 },
        "currency none" => c with { Currency = Currency.None },
        "currency unknown" => c with { Currency = new Currency(999) },
        "reference 0" => c with { Reference = 0 },
        "reference -1" => c with { Reference = -1 },
        "reference 1" => c with { Reference = 1 },
        "lifetime -1" => c with { LifetimeSeconds = -1 },
        "lifetime 400 days" => c with { LifetimeSeconds = 400 * 86_400 },
        "lifetime 400 days + 1 s" => c with { LifetimeSeconds = 400 * 86_400 + 1 },
        "float lifetime -1" => c with { Options = CommandOptions.Uncleared, LifetimeSeconds = -1 },
        "float lifetime 400 days" => c with { Options = CommandOptions.Uncleared, LifetimeSeconds = 400 * 86_400 },
        "float lifetime 400 days + 1 s" => c with { Options = CommandOptions.Uncleared, LifetimeSeconds = 400 * 86_400 + 1 },
        "lifetime without float" => c with { LifetimeSeconds = 60 },
        "channel last" => c with { Channel = Channel.Internal },
        "channel unknown" => c with { Channel = Channel.Internal + 1 },
        "category 9999" => c with { MerchantCategory = 9_999 },
        "category 10000" => c with { MerchantCategory = 10_000 },
        "deltas at their most" => c with { Amount = -Most, InterestDelta = Most, FeesDelta = -Most },
        "interest delta beyond" => c with { InterestDelta = -Most - 1 },
        "fees delta beyond" => c with { FeesDelta = Most + 1 },
        "no delta at all" => c with { Amount = 0 },
        "original none" => c with { Original = default },
        "original v4" => c with { Original = RequestId.FromGuid(Guid.Parse("919108f7-52d1-4320-9bac-f847db4148a8")) },
        "original session" => c with { Original = RequestId.ForSession(1, 1) },
        "original itself" => c with { Original = c.Id },
        "scenario" => c with { Scenario = ushort.MaxValue },
        "occurred -1" => c with { OccurredAtMicros = -1 },
        "occurred 1" => c with { OccurredAtMicros = 1 },
        "attributes 256" => c with { Attributes = new byte[256] },
        "attributes 257" => c with { Attributes = new byte[257] },
        "tenant 0" => c with { Facility = c.Facility with { Tenant = 0 } },
        "id none" => c with { Id = default },
        "id v4" => c with { Id = RequestId.FromGuid(Guid.Parse("919108f7-52d1-4320-9bac-f847db4148a8")) },
        "id session" => c with { Id = RequestId.ForSession(1, 1) },
        "id session 0" => c with { Id = new RequestId(RequestId.ForSession(1, 1).High, RequestId.ForSession(1, 1).Low - 1) },
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "no such change"),
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Value_AtTheEdgeOfItsRange_IsTakenWithinAndRefusedBeyond(string change, CommandKind kind, Reason expected)
    {
        var (reason, message) = CommandValidation.Check(Change(Samples.Account(kind), change));
        Assert.Equal(expected, reason);
        Assert.Equal(expected == Reason.None, string.IsNullOrEmpty(message));
    }

    public static TheoryData<NodeKey> KeysOfNoFacility =>
        [default, NodeKey.Facility(1, 1, 0), NodeKey.Facility(1, 1, -1), NodeKey.Facility(0, 1, 1), NodeKey.Facility(1, 0, 1), Samples.Borrower, new NodeKey(1, 1, 1, NodeKind.None)];

    [Theory]
    [MemberData(nameof(KeysOfNoFacility))]
    public void Key_OfNoFacility_IsRefusedByEveryKindButReverse(NodeKey key)
    {
        foreach (var (kind, _) in Uses)
        {
            var reason = CommandValidation.Check(Samples.Account(kind) with { Facility = key }).Reason;
            // Reverse uses the tenant alone.
            Assert.Equal(kind == CommandKind.Reverse && key.Tenant != 0 ? Reason.None : Reason.InvalidKey, reason);
        }
    }

    [Fact]
    public void Kind_NoCallerMaySend_IsRefusedFirst()
    {
        for (var number = 0; number <= byte.MaxValue; number++)
        {
            var kind = (CommandKind)number;
            if (Samples.Kinds.Contains(kind)) continue;
            Assert.Equal(Reason.InvalidKind, CommandValidation.Check(new Command { Kind = kind }).Reason);
        }
    }

    /// <summary>Of several faults the first by the order of <see cref="Reason"/> is given.</summary>
    [Theory]
    [InlineData("id none|tenant 0|amount 0|currency none|channel unknown", Reason.InvalidRequestId)]
    [InlineData("tenant 0|amount 0|currency none|channel unknown", Reason.InvalidKey)]
    [InlineData("amount 0|currency none|channel unknown", Reason.InvalidAmount)]
    [InlineData("currency none|channel unknown", Reason.InvalidCurrency)]
    [InlineData("channel unknown|attributes 257", Reason.InvalidField)]
    public void Faults_Together_GiveTheFirstByPrecedence(string changes, Reason expected)
    {
        var command = changes.Split('|').Aggregate(Samples.Account(CommandKind.Authorize), Change);
        Assert.Equal(expected, CommandValidation.Check(command).Reason);
    }
}
