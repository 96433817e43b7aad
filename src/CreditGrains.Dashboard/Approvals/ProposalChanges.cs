using System.Globalization;
using CreditGrains.Dashboard.Live;
using CreditGrains.Dashboard.Shell;
using CreditGrains.Dashboard.Texts;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Dashboard.Approvals;

/// <summary>What a proposed command would change, before and after, as far as the engine tells. Read with the visitor's rights; nothing is changed.</summary>
internal static class ProposalChanges
{
    private const string None = "–";

    public static async Task<IReadOnlyList<ChangeLine>> ReadAsync(Sight sight, Command command, Words words)
    {
        var key = command.Facility;
        var node = key.IsValid ? await sight.Engine.GetNodeAsync(key) : null;
        return command.Control switch
        {
            SetLimit set => LimitLines(set, node, words),
            SetReviewThreshold set => [new(words["change.threshold"], Threshold(node?.ReviewThreshold ?? -1, node), Threshold(set.Amount, node))],
            SetSubLimit set => [SubLimitLine(set, await sight.Engine.GetFacilityAsync(key), words)],
            SetVelocityLimit set => VelocityLines(set, node, words),
            Freeze => [StatusLine(node, NodeStatus.Frozen, words)],
            Unfreeze => [StatusLine(node, NodeStatus.Active, words)],
            Close => [StatusLine(node, NodeStatus.Closed, words)],
            OpenNode open => OpeningLines(open.Currency, open.Limit, open.Parents, node, words),
            OpenFacility open => [.. OpeningLines(open.Currency, open.Limit, open.Parents, node, words), new(words["change.opening"], None, Figures.Money(open.OpeningPrincipal, open.Currency))],
            LinkNode link => [ParentLine(node, [.. ParentsOf(node), link.Parent], words)],
            UnlinkNode unlink => [ParentLine(node, [.. ParentsOf(node).Where(parent => parent.Parent != unlink.Parent)], words)],
            MoveFacility move => [ParentLine(node, [.. ParentsOf(node).Where(parent => parent.Parent != move.From), move.To], words)],
            TransferToPool transfer => [new(words["kind.Pool"], PoolOf(node, words), transfer.Pool == default ? None : KeyText.Of(transfer.Pool, words))],
            SetFxRate rate => [new($"{rate.From.Code} → {rate.To.Code}", None, (rate.RateNano / 1e9m).ToString("0.#########", CultureInfo.InvariantCulture)), new(words["change.until"], None, Figures.Time(rate.ValidUntilMicros))],
            AdvanceBusinessDate date => [new(words["change.date"], None, DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(date.Day)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))],
            ReportBankDebt debt => [new(words["change.debt"], None, Amount(debt.Total, node)), new(words["change.debtLate"], None, Amount(debt.Over90Days, node))],
            ActivateModel model => VersionLines(await sight.Engine.GetRiskAsync(key.Tenant, key.LegalEntity), model.Key, false, $"{model.Name}@{model.Version}", model.Role, model.SharePpm, words),
            ActivatePolicy policy => VersionLines(await sight.Engine.GetRiskAsync(key.Tenant, key.LegalEntity), policy.Key, true, $"{policy.Name}@{policy.Version}", policy.Role, 0, words),
            RegisterModel model => [new(words["risk.model"], None, $"{model.Name}@{model.Version}"), new("SHA-256", None, model.Content.ToString())],
            RegisterPolicy policy => [new(words["risk.policy"], None, $"{policy.Name}@{policy.Version}"), new("SHA-256", None, policy.Content.ToString())],
            _ => [new(words["word.command"], None, words.Or($"command.{command.Kind}", command.Kind.ToString()))],
        };
    }

    private static List<ChangeLine> LimitLines(SetLimit set, NodeView? node, Words words)
    {
        var lines = new List<ChangeLine> { new(words["word.limit"], node is null ? None : Limit(node.Limit, node), Limit(set.Limit, node)) };
        if (set.FromMicros > 0 || set.UntilMicros > 0) lines.Add(new(words["change.period"], None, $"{(set.FromMicros > 0 ? Figures.Time(set.FromMicros) : words["change.now"])} – {(set.UntilMicros > 0 ? Figures.Time(set.UntilMicros) : words["change.open"])}"));
        if (node?.Exposure is { } exposure)
        {
            lines.Add(new(words["word.headroom"], Figures.Headroom(node), set.Limit >= Command.AmountMax ? "∞" : Figures.Amount(set.Limit - exposure, node.Currency)));
            lines.Add(new(words["word.used"], Percent(exposure, node.Limit), Percent(exposure, set.Limit)));
        }
        return lines;
    }

    private static ChangeLine SubLimitLine(SetSubLimit set, FacilityView? facility, Words words)
    {
        var before = facility?.SubLimits.Where(one => one.Channel == set.Channel && one.CategoryFrom == set.CategoryFrom && one.CategoryTo == set.CategoryTo).Select(one => Limit(one.Limit, facility.Node)).FirstOrDefault() ?? None;
        var categories = set.CategoryFrom > 0 || set.CategoryTo < 9_999 ? string.Create(CultureInfo.InvariantCulture, $" {set.CategoryFrom}–{set.CategoryTo}") : "";
        return new ChangeLine($"{words["limits.sub"]} {words[$"channel.{set.Channel}"]}{categories}", before, set.Limit < 0 ? None : Limit(set.Limit, facility?.Node));
    }

    private static List<ChangeLine> VelocityLines(SetVelocityLimit set, NodeView? node, Words words)
    {
        var before = node?.VelocityLimits.Where(one => one.WindowSeconds == set.WindowSeconds).Cast<VelocityLimitView?>().FirstOrDefault();
        var window = string.Create(CultureInfo.InvariantCulture, $"{set.WindowSeconds} s");
        string Count(long count) => count < 0 ? None : Figures.Count(count);
        return
        [
            new(words.Of("limits.velocityAmount", window), before is { } amount ? Threshold(amount.AmountMax, node) : None, Threshold(set.AmountMax, node)),
            new(words.Of("limits.velocityCount", window), before is { } count ? Count(count.CountMax) : None, Count(set.CountMax)),
        ];
    }

    private static ChangeLine StatusLine(NodeView? node, NodeStatus after, Words words) => new(words["word.status"], node is null ? None : words[$"status.{node.Status}"], words[$"status.{after}"]);

    private static List<ChangeLine> OpeningLines(Currency currency, long limit, IReadOnlyList<ParentShare> parents, NodeView? node, Words words) =>
    [
        new(words["word.limit"], node is null ? None : Limit(node.Limit, node), limit >= Command.AmountMax ? "∞" : Figures.Money(limit, currency)),
        new(words["group.above"], node is null ? None : Parents(node.Parents, words), Parents(parents, words)),
    ];

    private static ChangeLine ParentLine(NodeView? node, IReadOnlyList<ParentShare> after, Words words) => new(words["group.above"], node is null ? None : Parents(node.Parents, words), Parents(after, words));

    private static List<ChangeLine> VersionLines(RiskView risk, NodeKey scope, bool isPolicy, string version, VersionRole role, int sharePpm, Words words)
    {
        var acting = risk.Activations.LastOrDefault(one => one.Scope == scope && one.IsPolicy == isPolicy && one.Role == VersionRole.Acting);
        var now = risk.Activations.LastOrDefault(one => one.Scope == scope && one.IsPolicy == isPolicy && one.Name.ToString() == version);
        var lines = new List<ChangeLine>
        {
            new(version, now is null ? None : words[$"role.{now.Role}"], $"{words[$"role.{role}"]}{(sharePpm > 0 ? $" {Figures.Percent(sharePpm / 1e6)}" : "")}"),
        };
        if (role == VersionRole.Acting) lines.Insert(0, new(words["role.Acting"], acting?.Name.ToString() ?? None, version));
        return lines;
    }

    private static IReadOnlyList<ParentShare> ParentsOf(NodeView? node) => node?.Parents ?? [];

    private static string PoolOf(NodeView? node, Words words) => ParentsOf(node).Where(parent => parent.Parent.Kind == NodeKind.Pool).Select(parent => KeyText.Of(parent.Parent, words)).FirstOrDefault() ?? None;

    private static string Parents(IReadOnlyList<ParentShare> parents, Words words) =>
        parents.Count == 0 ? None : string.Join(", ", parents.Select(parent => $"{KeyText.Of(parent.Parent, words)}{(parent.SharePpm == Share.WholePpm ? "" : $" {Figures.Percent(parent.SharePpm / 1e6)}")}"));

    // A node that is not there has no currency yet: its amount is told in minor units.
    private static string Amount(long minor, NodeView? node) => node is null ? minor.ToString(CultureInfo.InvariantCulture) : Figures.Money(minor, node.Currency);

    private static string Limit(long minor, NodeView? node) => minor >= Command.AmountMax ? "∞" : Amount(minor, node);

    private static string Threshold(long minor, NodeView? node) => minor < 0 ? None : Amount(minor, node);

    private static string Percent(long exposure, long limit) => Figures.Percent(Charts.Tones.Utilisation(exposure, limit));
}
