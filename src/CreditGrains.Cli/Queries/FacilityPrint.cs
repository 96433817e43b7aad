using System.Globalization;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using Command = CreditGrains.Domain.Commands.Command;

namespace CreditGrains.Cli.Queries;

/// <summary>Facilities and nodes as tables.</summary>
internal static class FacilityPrint
{
    private static readonly string[] NodeColumns = ["node", "status", "currency", "#limit", "#exposure", "#headroom", "#used %", "#share %", "#facilities"];

    public static void Write(Shell shell, FacilityView view)
    {
        var currency = view.Node.Currency;
        WriteNodes(shell, $"facility {NodeText.Of(view.Node.Key)} at {TimeText.Of(view.AsOfMicros)}", [view.Node, .. view.Path]);
        shell.Table("balances", ["#principal", "#interest", "#fees", "#credit", "#held", "#uncleared", "#written off"], [Cells(view.Balances, currency)]);
        if (view.OpenItems.Count > 0)
        {
            shell.Table("open items", ["#reference", "kind", "#amount", "#remaining", "ends", "channel"], view.OpenItems.Select(item => new[]
            {
                item.Reference.ToString(CultureInfo.InvariantCulture),
                item.Kind.ToString(),
                AmountText.Of(item.Amount, currency),
                AmountText.Of(item.Remaining, currency),
                TimeText.Of(item.ExpiresAtMicros),
                item.Channel.ToString(),
            }));
        }

        LoanPrint.Write(shell, view.Loans, currency);
        if (view.SubLimits.Count == 0) return;
        shell.Table("sub-limits", ["channel", "categories", "#limit", "#used"], view.SubLimits.Select(limit => new[]
        {
            limit.Channel.ToString(),
            string.Create(CultureInfo.InvariantCulture, $"{limit.CategoryFrom:0000}-{limit.CategoryTo:0000}"),
            AmountText.Of(limit.Limit, currency),
            AmountText.Of(limit.Used, currency),
        }));
    }

    public static void WriteNodes(Shell shell, string title, IEnumerable<NodeView> nodes) =>
        shell.Table(title, NodeColumns, nodes.Select(node => new[]
        {
            NodeText.Of(node.Key),
            node.Status.ToString(),
            node.Currency,
            AmountText.Of(node.Limit, node.Currency),
            node.HasExposure ? AmountText.Of(node.Exposure, node.Currency) : "rate missing",
            node.HasHeadroom && node.Limit < Command.AmountMax ? AmountText.Of(node.Headroom, node.Currency) : "",
            node.HasExposure ? UtilisationText.Of(node.Exposure, node.Limit) : "",
            (node.SharePpm / 10_000m).ToString("0.####", CultureInfo.InvariantCulture),
            node.FacilityCount.ToString("N0", CultureInfo.InvariantCulture),
        }));

    private static string[] Cells(Balances balances, string currency) =>
        [.. new[] { balances.Principal, balances.Interest, balances.Fees, balances.Credit, balances.Held, balances.Uncleared, balances.WrittenOff }
            .Select(amount => AmountText.Of(amount, currency))];
}
