using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Simulation.Workload;

/// <summary>Spoils a good command in one place, so that every named refusal comes up.</summary>
internal static class BadInput
{
    private const long HourMillis = 3_600_000;

    public static void Spoil(Dice dice, ref Command command, long now)
    {
        if (dice.Percent(35)) SpoilId(dice, ref command, now);
        else if (command.Control is { } control) command = SpoilControl(dice, command, control);
        else SpoilAccount(dice, ref command, now);
    }

    private static void SpoilId(Dice dice, ref Command command, long now)
    {
        long millis = now / 1_000;
        command.Id = dice.Below(7) switch
        {
            0 => default,
            1 => new RequestId(dice.Next() & ~0xF000UL | 0x4000UL, dice.Next()),
            2 => RequestId.ForTime(millis - 72 * HourMillis - dice.Between(1, 5_000), dice.Next(), dice.Next()),
            3 => RequestId.ForTime(millis + 300_000 + dice.Between(1, 5_000), dice.Next(), dice.Next()),
            4 => RequestId.ForSession(77, dice.Between(2, 9)),
            5 => new RequestId(RequestId.ForSession(78, 1).High, RequestId.ForSession(78, 1).Low & ~1UL),
            _ => new RequestId(command.Id.High, command.Id.Low & 0x3FFF_FFFF_FFFF_FFFF),
        };
    }

    private static void SpoilAccount(Dice dice, ref Command command, long now)
    {
        switch (dice.Below(16))
        {
            case 0: command.Kind = dice.Pick([CommandKind.None, (CommandKind)4, CommandKind.ExpireHold, CommandKind.RegraphSlice, (CommandKind)200]); break;
            case 1: command.Facility = command.Facility with { Tenant = 0 }; break;
            case 2 when command.Kind != CommandKind.Reverse: command.Facility = command.Facility with { Kind = NodeKind.Borrower }; break;
            case 3 when command.Kind != CommandKind.Reverse: command.Facility = command.Facility with { Id = dice.Percent(50) ? 0 : -4 }; break;
            case 4: command.Amount = dice.Percent(50) ? -1 : (1L << 60) + 1; break;
            case 5 when command.Amount > 0 && command.Kind != CommandKind.Adjust: command.Amount = 0; break;
            case 6: command.AmountMin = command.Amount + 1; break;
            case 7: command.AmountMin = -1; break;
            case 8 when command.Amount != 0: command.Currency = new Currency((ushort)(dice.Percent(50) ? 0 : 999)); break;
            case 9: command.Reference = command.Reference == 0 ? 5 : -2; break;
            case 10: SpoilOriginal(dice, ref command, now); break;
            case 11: command.Options = (CommandOptions)128; break;
            case 12: command.LifetimeSeconds = dice.Percent(50) ? -1 : Command.LifetimeSecondsMax + 1; break;
            case 13: command.MerchantCategory = 10_000; break;
            case 14: command.Channel = (Channel)7; break;
            default: command.Attributes = new byte[Command.AttributesLengthMax + 1]; break;
        }
    }

    private static void SpoilOriginal(Dice dice, ref Command command, long now)
    {
        RequestId far = RequestId.ForTime(now / 1_000 + dice.Between(300_001, 400 * 24 * HourMillis), dice.Next(), dice.Next());
        command.Original = command.Kind == CommandKind.Reverse ? dice.Pick([default, command.Id, far]) : RequestId.ForTime(1_000, 1, 1);
    }

    private static Command SpoilControl(Dice dice, in Command command, ControlCommand control)
    {
        NodeKey key = control.Key;
        ControlCommand spoiled = (control, dice.Below(2)) switch
        {
            (OpenNode open, 0) => open with { Limit = -1 },
            (OpenNode open, _) => open with { Basis = new ExposureBasis(ExposureMeasure.DrawnAndHeld, false, 5) },
            (OpenFacility open, 0) => open with { OpeningPrincipal = -1 },
            (OpenFacility open, _) => open with { Parents = [.. open.Parents.Select(link => link with { SharePpm = 0 })], Currency = dice.Percent(50) ? default : open.Currency },
            (LinkNode link, _) => link with { Parent = link.Parent with { SharePpm = 1_000_001 } },
            (MoveFacility move, _) => move with { To = move.To with { SharePpm = -1 } },
            (SetLimit limit, 0) => limit with { Limit = (1L << 60) + 1 },
            (SetLimit limit, _) => limit with { FromMicros = 9_000_000, UntilMicros = 9_000_000 },
            (SetSubLimit limit, 0) => limit with { CategoryFrom = 10, CategoryTo = 9 },
            (SetSubLimit limit, _) => limit with { Key = limit.Key with { Kind = NodeKind.Funder } },
            (SetVelocityLimit limit, 0) => limit with { WindowSeconds = 0 },
            (SetVelocityLimit limit, _) => limit with { AmountMax = -2 },
            (SetFxRate rate, 0) => rate with { RateNano = 0 },
            (SetFxRate rate, _) => rate with { To = rate.From },
            (Freeze, _) => new Freeze(key with { LegalEntity = 0 }),
            (Close, _) => new Close(key with { Kind = (NodeKind)11 }),
            (AdvanceBusinessDate date, _) => date with { Key = key with { Id = 3 } },
            (ActivateFeatures activation, 0) => activation with { Catalogue = Catalogues.Wrong },
            (ActivateFeatures activation, _) => activation with { Catalogue = new byte[60_001] },
            (TransferToPool move, _) => move with { Pool = new NodeKey(1, key.Tenant, 1, NodeKind.Funder) },
            _ => new SetReviewThreshold(key, -2),
        };
        Command made = Command.Of(command.Id, spoiled);
        made.OccurredAtMicros = command.OccurredAtMicros;
        return made;
    }
}
