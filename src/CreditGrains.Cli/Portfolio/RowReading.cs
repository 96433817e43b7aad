using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Clocks;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;

namespace CreditGrains.Cli.Portfolio;

/// <summary>A field of a row that cannot be read.</summary>
/// <param name="Field">Our column.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
internal sealed record RowFault(string Field, string Message);

/// <summary>
/// Reads rows as commands, one field after the other; the first that cannot be read is the row's fault. What a field may
/// hold beyond its form (ranges, graph) is the engine's to say.
/// </summary>
internal sealed class RowReading(ushort tenant, RowSource row)
{
    private const string ParentSeparators = " ;";
    private RowFault? fault;

    /// <summary>The command of the row the source is on.</summary>
    /// <returns>Null, with the fault, when some field cannot be read.</returns>
    public ControlCommand? Read(out RowFault? rowFault)
    {
        fault = null;
        var command = Record() switch
        {
            "facility" => (ControlCommand)Facility(),
            "node" => Node(),
            "rate" => Rate(),
            var other => Unknown(other),
        };
        rowFault = fault;
        return fault is null ? command : null;
    }

    private string Record()
    {
        var text = row[PortfolioColumns.Record];
        if (text.Length > 0) return text.ToLowerInvariant();
        return row[PortfolioColumns.Kind] is "" or "Facility" or "facility" ? "facility" : "node";
    }

    private OpenFacility Facility()
    {
        var currency = Currency(PortfolioColumns.Currency);
        return new OpenFacility(
            Key(NodeKind.Facility), currency, Amount(PortfolioColumns.Limit, currency, usual: null), Basis(), Flag(PortfolioColumns.CreditAddsHeadroom),
            Amount(PortfolioColumns.OpeningPrincipal, currency, usual: 0), Parents());
    }

    private OpenNode Node()
    {
        if (!KeyText.TryKind(row[PortfolioColumns.Kind], out var kind) || kind == NodeKind.Facility)
            Fail(PortfolioColumns.Kind, $"'{row[PortfolioColumns.Kind]}' is no kind of node; use {string.Join(", ", Enum.GetNames<NodeKind>()[2..])}");
        var currency = Currency(PortfolioColumns.Currency);
        return new OpenNode(Key(kind), currency, Amount(PortfolioColumns.Limit, currency, usual: null), Basis(), Parents());
    }

    private SetFxRate Rate()
    {
        var until = DateTimeOffset.UnixEpoch;
        var text = row[PortfolioColumns.ValidUntil];
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out until))
            Fail(PortfolioColumns.ValidUntil, $"'{text}' is no time; write ISO 8601 such as 2027-01-01T00:00:00Z");
        return new SetFxRate(
            new NodeKey(0, Tenant(), LegalEntity(), NodeKind.None), Currency(PortfolioColumns.Currency), Currency(PortfolioColumns.ToCurrency),
            Number(PortfolioColumns.RateNano, usual: null), until.UnixMicros());
    }

    private OpenFacility Unknown(string record)
    {
        Fail(PortfolioColumns.Record, $"'{record}' is no record; use node, facility or rate");
        return null!;
    }

    private NodeKey Key(NodeKind kind)
    {
        var id = Number(PortfolioColumns.Id, usual: null);
        if (id < 1) Fail(PortfolioColumns.Id, $"'{row[PortfolioColumns.Id]}' is no id; use 1 to 9223372036854775807");
        return new NodeKey(id, Tenant(), LegalEntity(), kind);
    }

    private ushort Tenant()
    {
        var named = Number(PortfolioColumns.Tenant, tenant);
        if (named != tenant) Fail(PortfolioColumns.Tenant, $"the row is of tenant {named}, the import of tenant {tenant}; import each tenant with its own --tenant");
        return tenant;
    }

    private ushort LegalEntity()
    {
        var number = Number(PortfolioColumns.LegalEntity, usual: 1);
        if (number is >= 1 and <= ushort.MaxValue) return (ushort)number;
        Fail(PortfolioColumns.LegalEntity, $"{number} is no legal entity; use 1 to 65535");
        return 1;
    }

    private Currency Currency(string field)
    {
        if (!Domain.Money.Currency.TryParse(row[field], out var currency)) Fail(field, $"'{row[field]}' is no ISO 4217 code known here; write three upper-case letters such as EUR");
        return currency;
    }

    private long Amount(string field, Currency currency, long? usual)
    {
        var text = row[field];
        if (text.Length == 0 && usual is { } value) return value;
        var isUnlimited = text.Equals("unlimited", StringComparison.OrdinalIgnoreCase);
        if (row.IsMajor && !isUnlimited ? AmountText.TryMajor(text, currency, out var amount) : AmountText.TryMinor(text, out amount)) return amount;
        Fail(field, row.IsMajor
            ? $"'{text}' is no amount; write a number of major units with at most {currency.MinorUnitDigits} decimals"
            : $"'{text}' is no amount; write a whole number of minor units");
        return 0;
    }

    private ExposureBasis Basis()
    {
        var measure = ExposureMeasure.DrawnAndHeld;
        var text = row[PortfolioColumns.Measure];
        if (text.Length > 0 && (!Enum.TryParse(text, ignoreCase: true, out measure) || char.IsAsciiDigit(text[0])))
            Fail(PortfolioColumns.Measure, $"'{text}' is no measure; use {string.Join(", ", Enum.GetNames<ExposureMeasure>())}");
        return new ExposureBasis(measure, Flag(PortfolioColumns.KeepsRepaid), (int)Math.Clamp(Number(PortfolioColumns.UndrawnFactorPpm, usual: 0), int.MinValue, int.MaxValue));
    }

    private bool Flag(string field)
    {
        var text = row[field];
        if (text.Length == 0) return false;
        if (!bool.TryParse(text, out var flag)) Fail(field, $"'{text}' is neither true nor false");
        return flag;
    }

    private long Number(string field, long? usual)
    {
        var text = row[field];
        if (text.Length == 0 && usual is { } value) return value;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) Fail(field, $"'{text}' is no whole number");
        return number;
    }

    private List<ParentShare> Parents()
    {
        var text = row[PortfolioColumns.Parents];
        if (text.Length == 0) return [];
        var parents = new List<ParentShare>();
        foreach (var range in text.AsSpan().SplitAny(ParentSeparators))
        {
            var one = text.AsSpan(range);
            if (one.IsEmpty) continue;
            if (TryParent(one, out var parent)) parents.Add(parent);
            else Fail(PortfolioColumns.Parents, $"'{one}' is no parent; write KIND/ENTITY/ID or KIND/ID, with @SHARE in parts per million if it bears a part");
        }

        return parents;
    }

    private bool TryParent(ReadOnlySpan<char> text, out ParentShare parent)
    {
        parent = default;
        var share = Share.WholePpm;
        if (text.IndexOf('@') is >= 0 and var at)
        {
            if (!int.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out share)) return false;
            text = text[..at];
        }

        var (first, last) = (text.IndexOf('/'), text.LastIndexOf('/'));
        if (first < 0 || !KeyText.TryKind(text[..first], out var kind) || kind == NodeKind.Facility) return false;
        var entity = first == last ? LegalEntity() : (ushort)0;
        if (first < last && !ushort.TryParse(text[(first + 1)..last], NumberStyles.None, CultureInfo.InvariantCulture, out entity)) return false;
        if (!long.TryParse(text[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return false;
        parent = new ParentShare(new NodeKey(id, tenant, entity, kind), share);
        return parent.Parent.IsValid;
    }

    private void Fail(string field, string message) => fault ??= new RowFault(field, message);
}
