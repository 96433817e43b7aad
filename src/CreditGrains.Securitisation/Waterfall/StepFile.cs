using System.Collections.Immutable;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Files;

namespace CreditGrains.Securitisation.Waterfall;

/// <summary>Reads a step of a deal file: an object whose "do" says which one it is.</summary>
internal static class StepFile
{
    private const string Known = "payFees, paySwaps, payInterest, payPrincipal, payResidual, repayFacility, fill, release, restore, move, purchase";

    public static Step Read(JsonPart part)
    {
        var when = part.Optional("when") is { } condition ? WhenOf(condition) : null;
        var from = DealParts.TextsOf(part, "from");
        Step step = part.Text("do") switch
        {
            "payFees" => new Step.PayFees(Texts(part, "fees"), from, when),
            "paySwaps" => new Step.PaySwaps(Texts(part, "swaps"), from, when),
            "payInterest" => new Step.PayInterest(Texts(part, "to"), from, when),
            "payPrincipal" => new Step.PayPrincipal(Texts(part, "to"), part.Choice("order", PrincipalOrder.Sequential), ToSchedule(part), from, when),
            "payResidual" => new Step.PayResidual(part.Text("to"), from, when),
            "repayFacility" => new Step.RepayFacility(part.Text("to"), from, when),
            "fill" => new Step.Fill(part.Text("to"), from, when),
            "release" => new Step.Release(part.Text("from"), part.Text("to"), when),
            "restore" => new Step.Restore(Texts(part, "to"), from, when),
            "move" => new Step.Move(part.Text("to"), from, when),
            "purchase" => new Step.Purchase(from, when),
            var other => throw part.Required("do").Fault($"'{other}' is not known; write one of {Known}"),
        };
        part.Done();
        return step;
    }

    private static ImmutableArray<string> Texts(JsonPart part, string name)
    {
        part.Required(name);
        return DealParts.TextsOf(part, name);
    }

    private static bool ToSchedule(JsonPart part)
    {
        if (part.Optional("upTo") is not { } upTo) return false;
        return upTo.Text() == "schedule" ? true : throw upTo.Fault($"'{upTo.Text()}' is not known; write schedule, or leave it out");
    }

    private static StepCondition WhenOf(JsonPart part)
    {
        var condition = new StepCondition(part.Text("trigger"), part.Flag("breached", true));
        part.Done();
        return condition;
    }
}
