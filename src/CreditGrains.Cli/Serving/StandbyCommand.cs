using System.CommandLine;
using System.Net;
using CreditGrains.Cli.Output;
using CreditGrains.Engine;
using CreditGrains.Server.Security;
using CreditGrains.Server.Standby;

namespace CreditGrains.Cli.Serving;

/// <summary>creditgrains standby: a copy of a server's journal on another disk.</summary>
internal static class StandbyCommand
{
    public static Command Create(Shell shell)
    {
        var data = new Option<string>("--data") { Description = "Directory of the copy; made when missing, one process at a time", HelpName = "DIR", Required = true };
        var listen = new Option<string>("--listen")
        {
            Description = "Where the server connects (serve --standby); port 0 chooses a free one. An address that other machines reach needs --security with tls",
            HelpName = "IP:PORT", DefaultValueFactory = _ => "127.0.0.1:5092",
        };
        var security = new Option<string?>("--security") { Description = "Security file; its tls guards the link on both sides (docs/security.md)", HelpName = "FILE" };
        var segment = SegmentSize.Option();
        listen.Validators.Add(result =>
        {
            if (!IPEndPoint.TryParse(result.GetValueOrDefault<string>() ?? "", out _)) result.AddError($"--listen '{result.GetValueOrDefault<string>()}' is not IP:PORT");
        });
        var command = new Command("standby", "Keep a copy of a server's journal until interrupted. To promote it: stop it, then 'serve --data' its directory") { data, listen, security, segment };
        command.SetAction(async (parse, cancellationToken) => (int)ServeCommand.CodeOf(await StandbyServer.RunAsync(
            parse.GetRequiredValue(data), new PartitionOptions { SegmentBytes = SegmentSize.BytesOf(parse, segment) }.JournalOptions,
            IPEndPoint.Parse(parse.GetRequiredValue(listen)), parse.GetValue(security) is { } file ? SecuritySettings.Read(file) : null, shell.Out, cancellationToken)));
        return command;
    }
}
