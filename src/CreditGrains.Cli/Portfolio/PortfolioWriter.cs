using System.Globalization;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Cli.Portfolio;

/// <summary>Writes commands as rows of a portfolio file, readable by <see cref="RowReading"/>. No value needs quotes.</summary>
internal sealed class PortfolioWriter(TextWriter text)
{
    public void WriteHeader() => text.WriteLine(string.Join(',', PortfolioColumns.All));

    public void Write(ControlCommand command)
    {
        switch (command)
        {
            case OpenNode node:
                Row("node", node.Key, node.Key.Kind.ToString(), node.Currency.Code, node.Limit, node.Basis, node.Parents, "", "");
                break;
            case OpenFacility facility:
                Row("facility", facility.Key, "", facility.Currency.Code, facility.Limit, facility.Basis, facility.Parents,
                    facility.CreditAddsHeadroom ? "true" : "", facility.OpeningPrincipal == 0 ? "" : Number(facility.OpeningPrincipal));
                break;
            case SetFxRate rate:
                text.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"rate,{rate.Key.Tenant},{rate.Key.LegalEntity},,,{rate.From.Code},,,,,,,,{rate.To.Code},{rate.RateNano},{TimeText.Of(rate.ValidUntilMicros)}"));
                break;
            default:
                throw new NotSupportedException($"{command.Kind} has no row.");
        }
    }

    private void Row(
        string record, NodeKey key, string kind, string currency, long limit, ExposureBasis basis, IReadOnlyList<ParentShare> parents, string credit, string principal)
    {
        var measure = basis.Measure == ExposureMeasure.DrawnAndHeld ? "" : basis.Measure.ToString();
        text.Write(string.Create(CultureInfo.InvariantCulture, $"{record},{key.Tenant},{key.LegalEntity},{kind},{key.Id},{currency},"));
        text.Write(limit == Command.AmountMax ? "unlimited" : Number(limit));
        text.Write($",{measure},{(basis.KeepsRepaid ? "true" : "")},{(basis.UndrawnFactorPpm == 0 ? "" : Number(basis.UndrawnFactorPpm))},");
        for (var i = 0; i < parents.Count; i++) text.Write((i == 0 ? "" : ";") + Parent(parents[i]));
        text.WriteLine($",{credit},{principal},,,");
    }

    private static string Parent(ParentShare share)
    {
        var (key, ppm) = (share.Parent, share.SharePpm);
        var at = ppm == Share.WholePpm ? "" : "@" + Number(ppm);
        return string.Create(CultureInfo.InvariantCulture, $"{key.Kind}/{key.LegalEntity}/{key.Id}{at}");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
