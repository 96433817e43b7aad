using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CreditGrains.Cli.CommandLine;

namespace CreditGrains.Cli.LoadTests.Reporting;

/// <summary>The two files of a report, and reading one back.</summary>
internal static class ReportFiles
{
    private const string PageEnding = ".html";
    private const string JsonEnding = ".json";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
        RespectRequiredConstructorParameters = true,
    };

    public static string JsonOf(LoadReport report) => JsonSerializer.Serialize(report, Json);

    /// <summary>Sees before a run that its report can be written after it.</summary>
    /// <exception cref="CommandFault">ReportNotWritable.</exception>
    public static void Prepare(string directory, string scenario)
    {
        try
        {
            Directory.CreateDirectory(directory);
            foreach (var ending in (string[])[PageEnding, JsonEnding])
            {
                var file = Path.Combine(directory, $"{scenario}{ending}");
                if (Directory.Exists(file)) throw new IOException($"{file} is a directory");
                File.WriteAllText(PartOf(file), "");
                File.Delete(PartOf(file));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFault.Usage("ReportNotWritable", $"no report can be written to {directory} ({e.Message.TrimEnd('.')}); give another --out");
        }
    }

    /// <summary>Writes <c>NAME.html</c> and <c>NAME.json</c>, named after the scenario; earlier ones are written over, each at once when the new one is whole.</summary>
    /// <remarks>A run that was stopped is <c>NAME.interrupted</c>, so that it does not take the place of a whole one.</remarks>
    public static (string Page, string Json) Write(LoadReport report, string directory)
    {
        Directory.CreateDirectory(directory);
        var (page, json) = PathsOf(report, directory);
        Replace(page, ReportPage.Of(report));
        Replace(json, JsonOf(report));
        return (page, json);
    }

    /// <summary>Where a report is.</summary>
    public static (string Page, string Json) PathsOf(LoadReport report, string directory)
    {
        var name = Path.Combine(directory, report.IsInterrupted ? $"{report.Scenario}.interrupted" : report.Scenario);
        return ($"{name}{PageEnding}", $"{name}{JsonEnding}");
    }

    private static void Replace(string file, string text)
    {
        File.WriteAllText(PartOf(file), text);
        File.Move(PartOf(file), file, overwrite: true);
    }

    private static string PartOf(string file) => $"{file}.part";

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
