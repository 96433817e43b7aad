using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CreditGrains.Cli.CommandLine;
using Google.Protobuf;
using Spectre.Console;

namespace CreditGrains.Cli.Output;

/// <summary>
/// Where a command writes: results to the output, progress and faults to the error stream. Tables and bars are drawn for
/// terminals; what goes to a file or pipe has no control codes.
/// </summary>
internal sealed class Shell
{
    private const int PlainWidth = 200;
    private static readonly JsonFormatter Messages = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));
    private static readonly JsonSerializerOptions Records = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    private readonly TextWriter output;
    private readonly TextWriter error;
    private readonly IAnsiConsole console;

    public Shell(TextWriter output, TextWriter error, bool isTerminal, bool isErrorTerminal)
    {
        this.output = output;
        this.error = error;
        console = Make(output, isTerminal);
        ProgressConsole = isErrorTerminal ? Make(error, isTerminal: true) : null;
    }

    /// <summary>Draws progress; null when the error stream is no terminal.</summary>
    public IAnsiConsole? ProgressConsole { get; }

    /// <summary>The output as it is, for help and CSV.</summary>
    public TextWriter Out => output;

    /// <summary>The error stream as it is.</summary>
    public TextWriter Error => error;

    /// <summary>One line of text.</summary>
    public void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>One line of progress or advice, beside the results.</summary>
    public void Note(FormattableString text)
    {
        error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        error.Flush();
    }

    /// <summary>One message of the API as one line of its JSON form.</summary>
    public void Message(IMessage message) => output.WriteLine(Messages.Format(message));

    /// <summary>One record of a report as one line of JSON.</summary>
    public void Record<T>(T record) => output.WriteLine(JsonSerializer.Serialize(record, Records));

    /// <summary>A table with a title; columns whose name starts with '#' are numbers, aligned right.</summary>
    public void Table(string title, IReadOnlyList<string> columns, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = TableBorder.Simple, Title = title.Length == 0 ? null : new TableTitle(Markup.Escape(title)) };
        foreach (var name in columns)
        {
            var column = new TableColumn(Markup.Escape(name.TrimStart('#'))) { NoWrap = true };
            table.AddColumn(name.StartsWith('#') ? column.RightAligned() : column);
        }

        foreach (var row in rows) table.AddRow([.. row.Select(cell => new Text(cell))]);
        console.Write(table);
    }

    /// <summary>The one line of a fault.</summary>
    public void Fault(CommandFault fault) => error.WriteLine($"creditgrains: {fault.Name}: {CommandFault.OneLine(fault.Message)}");

    private static IAnsiConsole Make(TextWriter writer, bool isTerminal)
    {
        var made = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal) made.Profile.Width = PlainWidth;
        return made;
    }
}
