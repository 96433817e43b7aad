using CreditGrains.Api.Transport;

namespace CreditGrains.Cli.CommandLine;

/// <summary>
/// The one way a command ends early: a name, what is wrong and how to mend it, printed as one line. Anything else that
/// escapes a command is a bug.
/// </summary>
internal sealed class CommandFault(ExitCode code, string name, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the process returns.</summary>
    public ExitCode Code { get; } = code;

    /// <summary>Stable English name, such as "BadColumn".</summary>
    public string Name { get; } = name;

    /// <summary>Bad input: exit code 2.</summary>
    public static CommandFault Usage(string name, string message) => new(ExitCode.Usage, name, message);

    /// <summary>A call to a server that did not end with OK.</summary>
    public static CommandFault From(RpcException e, Uri? address)
    {
        var server = address is null ? "the server" : address.ToString().TrimEnd('/');
        return e.Code switch
        {
            StatusCode.Unavailable or StatusCode.DeadlineExceeded when e.InnerException is not null => new(
                ExitCode.Unavailable, e.Code.ToString(), $"no answer from {server} ({Root(e)}); start an engine with 'creditgrains serve' or give the --address of its gRPC port", e),
            StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.Unimplemented or StatusCode.OutOfRange =>
                new(ExitCode.Usage, e.Code.ToString(), e.Message, e),
            StatusCode.Unauthenticated or StatusCode.PermissionDenied => new(ExitCode.Usage, e.Code.ToString(), $"{server} refuses: {e.Message}", e),
            _ => new(ExitCode.Unavailable, e.Code.ToString(), $"{server} cannot serve this now: {e.Message}", e),
        };
    }

    /// <summary>A file that cannot be opened, read or written.</summary>
    public static CommandFault From(IOException e) => Usage("FileError", $"{OneLine(e.Message)}; check the path, its permissions and free space");

    /// <summary>The text with line breaks as spaces.</summary>
    public static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Root(Exception e)
    {
        var cause = e;
        while (cause.InnerException is { } inner) cause = inner;
        return OneLine(cause.Message).TrimEnd('.');
    }
}
