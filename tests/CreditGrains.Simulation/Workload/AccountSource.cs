using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Queries;
using CreditGrains.Simulation.Model;

namespace CreditGrains.Simulation.Workload;

/// <summary>
/// Makes account commands, without their id: mostly sensible ones that work on what is open, some that refer to what is
/// resolved, of another facility or nowhere. It looks into the model to aim; it never changes it.
/// </summary>
internal sealed class AccountSource(Dice dice, WorldPlan plan, World world)
{
    private static readonly ushort[] Categories = [0, 742, 4_111, 5_411, 6_011, 7_995, 9_999];
    private readonly Amounts _amounts = new(dice, world);

    public Command Make(CommandKind wished, ushort tenant, RequestId original, long now)
    {
        CommandKind kind = Feasible(wished, tenant);
        Command command = kind switch
        {
            CommandKind.Authorize or CommandKind.Drawdown => Request(tenant, now),
            CommandKind.IncreaseHold => OnItem(kind, tenant, OpenItemKind.Hold),
            CommandKind.Capture => OnItem(kind, tenant, OpenItemKind.Hold),
            CommandKind.Void => OnItem(kind, tenant, OpenItemKind.Hold),
            CommandKind.ClearRepayment => OnItem(kind, tenant, OpenItemKind.Float),
            CommandKind.ResolveReferral => OnItem(kind, tenant, OpenItemKind.Referral),
            CommandKind.ReverseRepayment => ReverseRepayment(tenant),
            CommandKind.Reverse => new Command { Facility = new NodeKey(0, tenant, 0, NodeKind.None), Original = original },
            _ => Fact(kind, tenant, now),
        };
        command.Kind = kind;
        if (kind == CommandKind.Drawdown) command.Control = Offer(command);
        if (kind == CommandKind.ImportLoan) TakeOver(ref command);
        if (dice.Percent(20)) command.OccurredAtMicros = now - dice.Between(0, 3_600_000_000);
        if (dice.Percent(8)) command.Attributes = [(byte)dice.Below(256), (byte)dice.Below(256), (byte)dice.Below(256)];
        return command;
    }

    // With nothing open to work on, mostly makes what would be.
    private CommandKind Feasible(CommandKind wished, ushort tenant)
    {
        OpenItemKind? wanted = wished switch
        {
            CommandKind.Capture or CommandKind.Void or CommandKind.IncreaseHold => OpenItemKind.Hold,
            CommandKind.ClearRepayment => OpenItemKind.Float,
            CommandKind.ResolveReferral => OpenItemKind.Referral,
            _ => null,
        };
        bool isFeasible = wanted is null || world.Facilities(tenant).Any(facility => facility.Items.Values.Any(item => item.Kind == wanted));
        if (isFeasible || dice.Percent(10)) return wished;
        return wanted == OpenItemKind.Float ? CommandKind.Repay : CommandKind.Authorize;
    }

    private ModelFacility? SomeFacility(ushort tenant)
    {
        if (dice.Percent(2)) return null;
        List<ModelFacility> known = [.. plan.Facilities(tenant).Select(world.Facility).OfType<ModelFacility>()];
        return known.Count == 0 ? null : dice.PickEarly(known);
    }

    private Command On(ModelFacility? facility, ushort tenant)
    {
        Currency currency = facility?.Currency ?? plan.Currencies[0];
        if (dice.Percent(2)) currency = dice.Pick(plan.Currencies);
        return new Command { Facility = facility?.Key ?? NodeKey.Facility(tenant, 1, 900_000 + dice.Below(3)), Currency = currency };
    }

    private Command Request(ushort tenant, long now)
    {
        ModelFacility? facility = SomeFacility(tenant);
        Command command = On(facility, tenant);
        command.Amount = _amounts.Near(facility, now, isDebit: true);
        if (dice.Percent(25)) command.AmountMin = dice.Between(1, command.Amount);
        command.LifetimeSeconds = Lifetime();
        command.Scenario = (ushort)dice.Below(4);
        Originate(ref command);
        return command;
    }

    // Mostly small loans of few instalments, so that they live through their whole lives in a run.
    private LoanOffer? Offer(in Command command)
    {
        if (command.Amount > LoanPlan.AmountMax || dice.Percent(35)) return null;
        return plan.Loans.Offer(command.Facility, world.BusinessDays.GetValueOrDefault((command.Facility.Tenant, command.Facility.LegalEntity)));
    }

    // From long ago, so that some instalments are missed, to a few days to come, which is refused.
    private void TakeOver(ref Command command)
    {
        command.Amount = Math.Clamp(command.Amount, 1, LoanPlan.AmountMax);
        int today = world.BusinessDays.GetValueOrDefault((command.Facility.Tenant, command.Facility.LegalEntity));
        LoanOffer offer = plan.Loans.Offer(command.Facility, today);
        DateOnly start = LoanPlan.DateOf(Math.Max(1, today) + (int)dice.Between(dice.Percent(70) ? -60 : -400, 2));
        if (dice.Percent(90) && offer.Figures.FirstDue <= start) offer = offer with { Figures = offer.Figures with { FirstDue = null } };
        command.Control = new LoanTakeover(command.Facility, offer, start, start.AddDays(dice.Percent(90) ? -dice.Below(500) : 3));
    }

    private Command Fact(CommandKind kind, ushort tenant, long now)
    {
        ModelFacility? facility = SomeFacility(tenant);
        Command command = On(facility, tenant);
        command.Amount = _amounts.Near(facility, now, kind is CommandKind.ClearWithoutHold or CommandKind.PostInterest);
        switch (kind)
        {
            case CommandKind.ClearWithoutHold:
                Originate(ref command);
                break;
            case CommandKind.Repay:
                if (facility is { Purse.Drawn.IsZero: false } && dice.Percent(60)) command.Amount = _amounts.About(facility.Purse.Drawn);
                if (facility is { Loans.Count: > 0 } && dice.Percent(60)) command.Amount = Math.Max(1, _amounts.About(1 + facility.Purse.Interest + facility.Purse.Fees + facility.Purse.Principal / 6));
                if (dice.Percent(60)) break;
                command.Options = CommandOptions.Uncleared;
                if (dice.Percent(60)) command.LifetimeSeconds = Lifetime();
                break;
            case CommandKind.Refund or CommandKind.Chargeback when dice.Percent(30):
                Originate(ref command);
                break;
            case CommandKind.Adjust:
                command.Amount = dice.Between(-800, 800);
                command.InterestDelta = dice.Percent(50) ? dice.Between(-100, 200) : 0;
                command.FeesDelta = dice.Percent(50) ? dice.Between(-100, 200) : 0;
                break;
            case CommandKind.WriteOff when facility is not null:
                command.Amount = _amounts.About(facility.Purse.Drawn);
                break;
            case CommandKind.PostInterest or CommandKind.PostFee when !dice.Percent(10):
                command.Amount = dice.Between(1, 250);
                break;
            default:
                break;
        }
        return command;
    }

    private Command OnItem(CommandKind kind, ushort tenant, OpenItemKind wanted)
    {
        (ModelFacility? facility, long reference, BigInteger remaining) = Aim(tenant, wanted);
        Command command = On(facility, tenant);
        command.Reference = reference;
        switch (kind)
        {
            case CommandKind.Capture:
                command.Amount = _amounts.About(remaining);
                if (dice.Percent(45)) command.Options = CommandOptions.Final;
                if (dice.Percent(30)) Originate(ref command);
                break;
            case CommandKind.IncreaseHold:
                command.Amount = _amounts.Small();
                command.LifetimeSeconds = Lifetime();
                break;
            case CommandKind.ResolveReferral:
                if (dice.Percent(80)) command.Options = CommandOptions.Accept;
                command.Currency = default;
                break;
            default:
                command.Currency = default;
                break;
        }
        return command;
    }

    // Mostly an open item; else one resolved, one of another facility, or none that ever was.
    private (ModelFacility? Facility, long Reference, BigInteger Remaining) Aim(ushort tenant, OpenItemKind wanted)
    {
        List<(ModelFacility Facility, ModelItem Item)> open =
            [.. world.Facilities(tenant).SelectMany(facility => facility.Items.Values.Where(item => item.Kind == wanted).Select(item => (facility, item)))];
        if (open.Count > 0 && dice.Percent(88))
        {
            (ModelFacility owner, ModelItem item) = dice.PickLate(open);
            ModelFacility? claimed = dice.Percent(4) ? SomeFacility(tenant) : owner;
            return (claimed, item.Reference, item.Remaining);
        }
        ModelFacility? facility = SomeFacility(tenant);
        return (facility, dice.Between(1, world.LastSequence + 3), 1 + dice.Below(900));
    }

    private Command ReverseRepayment(ushort tenant)
    {
        List<Entry> repayments = [.. world.Entries.Values.Where(entry => entry.Facility?.Key.Tenant == tenant && entry.Event.Outcome == OutcomeKind.Posted
            && entry.Event.Kind is CommandKind.Repay or CommandKind.ClearRepayment or CommandKind.ClearRepaymentDue)];
        if (repayments.Count == 0 || dice.Percent(8))
        {
            Command miss = On(SomeFacility(tenant), tenant);
            miss.Currency = default;
            miss.Reference = dice.Between(1, world.LastSequence + 3);
            return miss;
        }
        Entry aimed = dice.PickLate(repayments);
        ModelFacility? facility = dice.Percent(4) ? SomeFacility(tenant) : aimed.Facility;
        Command command = On(facility, tenant);
        command.Currency = default;
        command.Reference = aimed.Event.Sequence;
        return command;
    }

    private void Originate(ref Command command)
    {
        command.Channel = (Channel)dice.Below(7);
        command.MerchantCategory = dice.Pick(Categories);
    }

    private int Lifetime() => dice.Weighted([5, 4, 3, 2, 1]) switch
    {
        0 => 0,
        1 => (int)dice.Between(1, 90),
        2 => (int)dice.Between(60, 7_200),
        3 => (int)dice.Between(3_600, 10 * 86_400),
        _ => Command.LifetimeSecondsMax,
    };
}
