using System.Numerics;
using System.Text;
using CreditGrains.Engine.Queries;
using CreditGrains.Simulation.Model.Loans;

namespace CreditGrains.Simulation.Model;

/// <summary>What queries must show, compared with what they do.</summary>
internal sealed class ViewRules(World world, long now)
{
    private readonly StringBuilder _differences = new();
    private readonly Dictionary<ushort, Book> _books = [];

    public void CheckFacility(FacilityView view)
    {
        ModelFacility facility = world.Facility(view.Node.Key) ?? throw new ModelMismatchException($"a view of {view.Node.Key}, which is no facility");
        Book book = BookOf(facility.Key.Tenant);
        BigInteger own = Book.Own(facility, 0);
        CompareNode(view.Node, facility, own, Exact.Million);
        Compare("Balances", facility.Purse.ToContract(), view.Balances);
        Compare("CreditAddsHeadroom", facility.CreditAddsHeadroom, view.CreditAddsHeadroom);
        Compare("LastSequence", facility.LastSequence, view.LastSequence);
        Compare("Open items", Text(facility.Items.Values.Select(ItemOf)), Text(view.OpenItems));
        Compare("Sub-limits", Text(facility.SubLimits.Select(LimitOf)), Text(view.SubLimits));
        DateOnly? today = LoanRules.Today(world, facility);
        Compare("Loans", Text(facility.Loans.Values.Select(loan => Shown(ModelObligors.Coloured(world, book, facility, loan, today!.Value)))), Text(view.Loans.Select(Shown)));
        List<(ModelNode Node, BigInteger Share)> path = [.. book.NodesOf(facility)];
        Compare("Path", Text(path.Select(entry => entry.Node.Key)), Text(view.Path.Select(node => node.Key)));
        foreach (((ModelNode node, BigInteger share), NodeView shown) in path.Zip(view.Path)) CompareNode(shown, node, Shown(book, node), share);
        Throw($"facility {view.Node.Key} at {now}");
    }

    public void CheckNode(NodeView view)
    {
        ModelNode node = world.Node(view.Key) ?? throw new ModelMismatchException($"a view of {view.Key}, which is unknown");
        Book book = BookOf(view.Key.Tenant);
        BigInteger? exposure = node is ModelFacility facility ? Book.Own(facility, 0) : Shown(book, node);
        CompareNode(view, node, exposure, Exact.Million);
        if (node is not ModelFacility) Compare("FacilityCount", book.FacilityCount(node), view.FacilityCount);
        Throw($"node {view.Key} at {now}");
    }

    // Views of one moment share the sums' inputs; nothing changes between them.
    private Book BookOf(ushort tenant)
    {
        if (!_books.TryGetValue(tenant, out Book? book)) _books.Add(tenant, book = new Book(world, tenant, now));
        return book;
    }

    private static string Shown(LoanView loan) => $"{loan with { Dues = [] }} {string.Join(", ", loan.Dues)}";

    // A node that lacks a valid rate shows no exposure.
    private static BigInteger? Shown(Book book, ModelNode node) => book.RateGaps(node, node.Currency) is (false, false) ? book.Exposure(node) : null;

    private void CompareNode(NodeView view, ModelNode node, BigInteger? exposure, BigInteger share)
    {
        // A read is no command: it shows the limits that took effect by an event.
        BigInteger limit = node.Ceiling.Counted;
        Compare($"{node.Key} Currency", node.Currency, view.Currency);
        Compare($"{node.Key} Status", node.Status, view.Status);
        Compare($"{node.Key} Basis", node.Basis, view.Basis);
        Compare($"{node.Key} Limit", Exact.ToLong(limit), view.Limit);
        Compare($"{node.Key} Exposure", exposure is { } known ? Exact.ToLong(known) : null, view.Exposure);
        Compare($"{node.Key} Headroom", exposure is { } counted ? Exact.Headroom(limit, counted) : null, view.Headroom);
        Compare($"{node.Key} Share", (int)share, view.SharePpm);
        Compare($"{node.Key} Review", Exact.ToLong(node.Review ?? -1), view.ReviewThreshold);
        Compare($"{node.Key} Parents", Text(node.Parents.OrderBy(link => link.Parent, KeyOrder.Instance)), Text(view.Parents.OrderBy(link => link.Parent, KeyOrder.Instance)));
        Compare($"{node.Key} Dated", Text(DatedOf(node)), Text(view.DatedLimits.OrderBy(each => (each.FromMicros, each.UntilMicros))));
        Compare($"{node.Key} Velocity", Text(node.Velocity.OrderBy(each => each.WindowSeconds).Select(VelocityOf)), Text(view.VelocityLimits.OrderBy(each => each.WindowSeconds)));
    }

    private IEnumerable<DatedLimitView> DatedOf(ModelNode node) => node.Ceiling.Entries
        .Select(entry => new DatedLimitView(Exact.ToLong(entry.Limit), entry.From, entry.Until))
        .OrderBy(each => (each.FromMicros, each.UntilMicros));

    private VelocityLimitView VelocityOf(ModelVelocity limit) =>
        new(limit.WindowSeconds, Exact.ToLong(limit.AmountMax), limit.CountMax, Exact.ToLong(limit.AmountAt(now)), limit.CountAt(now));

    private static OpenItemView ItemOf(ModelItem item) =>
        new(item.Reference, item.Kind, Exact.ToLong(item.Amount), Exact.ToLong(item.Remaining), item.End, item.Channel, item.Category);

    private static SubLimitView LimitOf(ModelSubLimit limit) =>
        new(limit.Channel, limit.CategoryFrom, limit.CategoryTo, Exact.ToLong(limit.Limit), Exact.ToLong(limit.Used));

    private static string Text<T>(IEnumerable<T> items) => string.Join("; ", items);

    private void Compare<T>(string field, T wanted, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(wanted, found)) _differences.AppendLine($"  {field}: rules say {wanted}, view says {found}");
    }

    private void Throw(string subject)
    {
        if (_differences.Length > 0) throw new ModelMismatchException($"{subject}\n{_differences}");
    }
}
