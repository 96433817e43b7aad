using System.Globalization;
using System.Text;
using CreditGrains.Api.Security.Access;
using CreditGrains.Dashboard.Live;
using CreditGrains.Securitisation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CreditGrains.Dashboard.Pools;

/// <summary>A projection as CSV: a row a period, amounts in minor units.</summary>
internal static class PoolCsv
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/pool-csv/{id}", async (string id, double cpr, double cdr, double severity, HttpContext context, Sights sights) =>
    {
        if (!(cpr is >= 0 and <= 1 && cdr is >= 0 and <= 1 && severity is >= 0 and <= 1)) return Results.BadRequest("cpr, cdr and severity are ratios: write 0 to 1.");
        if (PrincipalIdentity.Of(context.User)?.Principal is not { } visitor || sights.Of(visitor)?.Pools is not { } desk || await desk.ReadAsync(id) is not { } pool) return Results.NotFound();
        try
        {
            var projected = await Task.Run(() => PoolStudy.Run(pool, new PoolAssumption(cpr, cdr, severity)));
            return Results.File(Encoding.UTF8.GetBytes(Write(pool, projected)), "text/csv; charset=utf-8", $"{pool.Id}.csv");
        }
        catch (InvalidInputException wrong)
        {
            return Results.UnprocessableEntity(wrong.Message);
        }
    });

    internal static string Write(PoolSight pool, PoolProjected projected)
    {
        var labels = PoolCharts.Labels(pool, projected);
        var csv = new StringBuilder("period,date,opening,scheduled,prepaid,interest,recovered,defaulted,loss,closing");
        foreach (var tranche in projected.Tranches) csv.Append(CultureInfo.InvariantCulture, $",{Cell(tranche.Name + " interest")},{Cell(tranche.Name + " principal")},{Cell(tranche.Name + " closing")}");
        csv.Append('\n');
        for (var i = 0; i < projected.Months.Count; i++)
        {
            var month = projected.Months[i];
            csv.Append(CultureInfo.InvariantCulture, $"{i + 1},{labels[i]},{month.Opening},{month.Scheduled},{month.Prepaid},{month.Interest},{month.Recovered},{month.Defaulted},{month.Loss},{month.Closing}");
            if (projected.Run is { } run)
                foreach (var tranche in run.Periods[i].Tranches) csv.Append(CultureInfo.InvariantCulture, $",{tranche.InterestPaid},{tranche.PrincipalPaid},{tranche.Closing}");
            csv.Append('\n');
        }
        return csv.ToString();
    }

    // A name that a spreadsheet would take for a formula is quoted with an apostrophe before it.
    private static string Cell(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@') text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
