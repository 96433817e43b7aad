using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CreditGrains.Cli.CommandLine;

namespace CreditGrains.Cli.LoadTests.Reporting;

/// <summary>The two files of a report, and reading one back.</summary>
internal static class ReportFiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
        RespectRequiredConstructorParameters = true,
    };

    public static string JsonOf(LoadReport report) => JsonSerializer.Serialize(report, Json);

    /// <summary>Writes <c>NAME.html</c> and <c>NAME.json</c>, named after the scenario; earlier ones are written over.</summary>
    public static (string Page, string Json) Write(LoadReport report, string directory)
    {
        Directory.CreateDirectory(directory);
        var page = Path.Combine(directory, $"{report.Scenario}.html");
        var json = Path.Combine(directory, $"{report.Scenario}.json");
        File.WriteAllText(page, ReportPage.Of(report));
        File.WriteAllText(json, JsonOf(report));
        return (page, json);
    }

    /// <summary>Reads the JSON twin.</summary>
    /// <exception cref="CommandFault">It is no report.</exception>
    public static LoadReport Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<LoadReport>(File.ReadAllText(file), Json) ?? throw CommandFault.Usage("NoReport", $"{file} is empty; give the JSON file of a report");
        }
        catch (JsonException e)
        {
            throw CommandFault.Usage("NoReport", $"{file} is no report of 'creditgrains load': {e.Message}");
        }
    }
}
