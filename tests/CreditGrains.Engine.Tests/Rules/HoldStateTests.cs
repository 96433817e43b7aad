using System.Globalization;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Engine.Tests.Rules;

/// <summary>
/// Every state of a hold × every command on it. The hold is of 100 on a line of 1,000. A row: state, command, outcome, amount, then
/// principal, credit and held after, and what the hold has left (– when it is not open).
/// </summary>
public sealed class HoldStateTests : RulesTest
{
    private const string Table = """
        open             | increase 50      | Approved              | 50  |   0   0 150 | 150
        open             | increase 901     | LimitExceeded         | 0   |   0   0 100 | 100
        open             | capture 40       | Posted                | 40  |  40   0  60 | 60
        open             | capture 100      | Posted                | 100 | 100   0   0 | –
        open             | capture 130      | Posted                | 130 | 130   0   0 | –
        open             | capture final 40 | Posted                | 40  |  40   0   0 | –
        open             | capture final 130| Posted                | 130 | 130   0   0 | –
        open             | void             | Posted                | 100 |   0   0   0 | –
        open             | expire           | -                     | 0   |   0   0   0 | –
        open             | not yet expire   | -                     | 0   |   0   0 100 | 100
        open             | reverse          | Posted                | 100 |   0   0   0 | –
        open             | clear            | ReferenceNotOpen      | 0   |   0   0 100 | 100
        open             | bounce           | NotARepayment         | 0   |   0   0 100 | 100
        open             | accept           | ReferenceNotOpen      | 0   |   0   0 100 | 100
        open             | turn down        | ReferenceNotOpen      | 0   |   0   0 100 | 100
        partly captured  | increase 50      | Approved              | 50  |  40   0 110 | 110
        partly captured  | increase 901     | LimitExceeded         | 0   |  40   0  60 | 60
        partly captured  | capture 40       | Posted                | 40  |  80   0  20 | 20
        partly captured  | capture 100      | Posted                | 100 | 140   0   0 | –
        partly captured  | capture 130      | Posted                | 130 | 170   0   0 | –
        partly captured  | capture final 40 | Posted                | 40  |  80   0   0 | –
        partly captured  | capture final 130| Posted                | 130 | 170   0   0 | –
        partly captured  | void             | Posted                | 60  |  40   0   0 | –
        partly captured  | expire           | -                     | 0   |  40   0   0 | –
        partly captured  | not yet expire   | -                     | 0   |  40   0  60 | 60
        partly captured  | reverse          | Posted                | 60  |  40   0   0 | –
        partly captured  | reverse capture  | Posted                | 40  |   0   0  60 | 60
        partly captured  | clear            | ReferenceNotOpen      | 0   |  40   0  60 | 60
        partly captured  | bounce           | NotARepayment         | 0   |  40   0  60 | 60
        partly captured  | accept           | ReferenceNotOpen      | 0   |  40   0  60 | 60
        partly captured  | turn down        | ReferenceNotOpen      | 0   |  40   0  60 | 60
        increased        | increase 50      | Approved              | 50  |   0   0 200 | 200
        increased        | capture 130      | Posted                | 130 | 130   0  20 | 20
        increased        | capture final 40 | Posted                | 40  |  40   0   0 | –
        increased        | void             | Posted                | 150 |   0   0   0 | –
        increased        | expire           | -                     | 0   |   0   0   0 | –
        increased        | reverse          | Posted                | 150 |   0   0   0 | –
        increased        | reverse increase | Posted                | 50  |   0   0 100 | 100
        captured         | increase 50      | ReferenceNotOpen      | 0   | 100   0   0 | –
        captured         | capture 40       | Posted                | 40  | 140   0   0 | –
        captured         | capture 130      | Posted                | 130 | 230   0   0 | –
        captured         | capture final 40 | Posted                | 40  | 140   0   0 | –
        captured         | void             | ReferenceNotOpen      | 0   | 100   0   0 | –
        captured         | expire           | -                     | 0   | 100   0   0 | –
        captured         | reverse          | NothingToReverse      | 0   | 100   0   0 | –
        captured         | reverse capture  | Posted                | 100 |   0   0   0 | –
        captured         | clear            | ReferenceNotOpen      | 0   | 100   0   0 | –
        captured         | bounce           | NotARepayment         | 0   | 100   0   0 | –
        captured         | accept           | ReferenceNotOpen      | 0   | 100   0   0 | –
        captured         | turn down        | ReferenceNotOpen      | 0   | 100   0   0 | –
        finally captured | increase 50      | ReferenceNotOpen      | 0   |  40   0   0 | –
        finally captured | capture 40       | Posted                | 40  |  80   0   0 | –
        finally captured | capture 130      | Posted                | 130 | 170   0   0 | –
        finally captured | capture final 40 | Posted                | 40  |  80   0   0 | –
        finally captured | void             | ReferenceNotOpen      | 0   |  40   0   0 | –
        finally captured | expire           | -                     | 0   |  40   0   0 | –
        finally captured | reverse          | NothingToReverse      | 0   |  40   0   0 | –
        finally captured | reverse capture  | Posted                | 40  |   0   0   0 | –
        finally captured | clear            | ReferenceNotOpen      | 0   |  40   0   0 | –
        finally captured | bounce           | NotARepayment         | 0   |  40   0   0 | –
        finally captured | accept           | ReferenceNotOpen      | 0   |  40   0   0 | –
        finally captured | turn down        | ReferenceNotOpen      | 0   |  40   0   0 | –
        voided           | increase 50      | ReferenceNotOpen      | 0   |   0   0   0 | –
        voided           | capture 40       | Posted                | 40  |  40   0   0 | –
        voided           | capture 130      | Posted                | 130 | 130   0   0 | –
        voided           | capture final 40 | Posted                | 40  |  40   0   0 | –
        voided           | void             | ReferenceNotOpen      | 0   |   0   0   0 | –
        voided           | expire           | -                     | 0   |   0   0   0 | –
        voided           | reverse          | NothingToReverse      | 0   |   0   0   0 | –
        voided           | reverse void     | NothingToReverse      | 0   |   0   0   0 | –
        voided           | clear            | ReferenceNotOpen      | 0   |   0   0   0 | –
        voided           | bounce           | NotARepayment         | 0   |   0   0   0 | –
        voided           | accept           | ReferenceNotOpen      | 0   |   0   0   0 | –
        voided           | turn down        | ReferenceNotOpen      | 0   |   0   0   0 | –
        expired          | increase 50      | ReferenceNotOpen      | 0   |   0   0   0 | –
        expired          | capture 40       | Posted                | 40  |  40   0   0 | –
        expired          | capture 130      | Posted                | 130 | 130   0   0 | –
        expired          | capture final 40 | Posted                | 40  |  40   0   0 | –
        expired          | void             | ReferenceNotOpen      | 0   |   0   0   0 | –
        expired          | expire           | -                     | 0   |   0   0   0 | –
        expired          | reverse          | NothingToReverse      | 0   |   0   0   0 | –
        expired          | clear            | ReferenceNotOpen      | 0   |   0   0   0 | –
        expired          | bounce           | NotARepayment         | 0   |   0   0   0 | –
        expired          | accept           | ReferenceNotOpen      | 0   |   0   0   0 | –
        expired          | turn down        | ReferenceNotOpen      | 0   |   0   0   0 | –
        reversed         | increase 50      | ReferenceNotOpen      | 0   |   0   0   0 | –
        reversed         | capture 40       | Posted                | 40  |  40   0   0 | –
        reversed         | capture 130      | Posted                | 130 | 130   0   0 | –
        reversed         | capture final 40 | Posted                | 40  |  40   0   0 | –
        reversed         | void             | ReferenceNotOpen      | 0   |   0   0   0 | –
        reversed         | expire           | -                     | 0   |   0   0   0 | –
        reversed         | reverse          | AlreadyReversed       | 0   |   0   0   0 | –
        reversed         | clear            | ReferenceNotOpen      | 0   |   0   0   0 | –
        reversed         | bounce           | NotARepayment         | 0   |   0   0   0 | –
        reversed         | accept           | ReferenceNotOpen      | 0   |   0   0   0 | –
        reversed         | turn down        | ReferenceNotOpen      | 0   |   0   0   0 | –
        """;

    private Command lastAct;

    public static TheoryData<string> Rows => [.. Table.Split('\n').Select(row => row.Trim())];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Command_OnAHoldInAState_HasTheOutcomeOfItsRow(string row)
    {
        var cells = row.Split('|', StringSplitOptions.TrimEntries);
        World.WithOneLine();
        var authorize = World.Of(CommandKind.Authorize, 100) with { LifetimeSeconds = 60 };
        var hold = World.Do(authorize);
        Bring(cells[0], authorize, hold.Sequence);

        var outcome = Act(cells[1], authorize, hold.Sequence);

        var kind = outcome.Reason == Reason.None ? outcome.Kind.ToString() : outcome.Reason.ToString();
        if (cells[1] is not ("expire" or "not yet expire")) Assert.Equal((cells[2], cells[3]), (kind, outcome.Amount.ToString(CultureInfo.InvariantCulture)));
        var view = World.View();
        var numbers = cells[4].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).ToArray();
        Assert.Equal((numbers[0], numbers[1], numbers[2]), (view.Balances.Principal, view.Balances.Credit, view.Balances.Held));
        Assert.Equal(cells[5], view.OpenItems.Count == 0 ? "–" : view.OpenItems.Single().Remaining.ToString(CultureInfo.InvariantCulture));
        Assert.All(view.OpenItems, item => Assert.Equal((hold.Sequence, OpenItemKind.Hold), (item.Reference, item.Kind)));
        // Nothing but the line's own balances counts on the nodes above.
        Assert.Equal(view.Balances.Principal + view.Balances.Held, World.Exposure(Domain.Limits.NodeKind.Portfolio));
    }

    private void Bring(string state, in Command authorize, long hold)
    {
        switch (state)
        {
            case "open": break;
            case "partly captured": Act("capture 40", authorize, hold); break;
            case "increased": Act("increase 50", authorize, hold); break;
            case "captured": Act("capture 100", authorize, hold); break;
            case "finally captured": Act("capture final 40", authorize, hold); break;
            case "voided": Act("void", authorize, hold); break;
            case "expired": Act("expire", authorize, hold); break;
            case "reversed": Act("reverse", authorize, hold); break;
            default: throw new ArgumentOutOfRangeException(nameof(state), state, "no such state");
        }
    }

    private Outcome Act(string act, in Command authorize, long hold)
    {
        var words = act.Split(' ');
        var amount = long.TryParse(words[^1], out var given) ? given : 0;
        if (words[0] == "reverse")
            return World.Reverse(words.Length == 1 ? authorize.Id : lastAct.Id);
        if (act is "expire" or "not yet expire")
        {
            World.Pass(act == "expire" ? 60 * World.Second : 60 * World.Second - 1);
            World.Idle();
            return default;
        }
        lastAct = words[0] switch
        {
            "increase" => World.Of(CommandKind.IncreaseHold, amount, hold),
            "capture" => With(World.Of(CommandKind.Capture, amount, hold), words[1] == "final" ? "final" : ""),
            "void" => World.Of(CommandKind.Void, 0, hold),
            "clear" => World.Of(CommandKind.ClearRepayment, 0, hold),
            "bounce" => World.Of(CommandKind.ReverseRepayment, 0, hold),
            "accept" => World.Accept(hold),
            "turn" => World.Accept(hold, accept: false),
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, "no such act"),
        };
        return World.Do(lastAct);
    }
}
