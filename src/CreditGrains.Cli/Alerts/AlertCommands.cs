using System.CommandLine;
using System.Globalization;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.Cashflows;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Engine.Alerts;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Alerts;

/// <summary>creditgrains alerts: check a file of rules, and list what stands on a server. Docs: docs/alerts.md.</summary>
internal static class AlertCommands
{
    public static Command Create(Shell shell) => new("alerts", "Check a file of alert rules, and list the alerts that stand on a server") { Check(shell), List(shell) };

    private static Command Check(Shell shell)
    {
        var file = new Argument<string>("file") { Description = "Alert rules, JSON (docs/alerts.md)" };
        var command = new Command("check", "Print the rules of a file; refuses what is wrong and says where") { file };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var rules = await CashflowInputs.ReadAsync(parse.GetRequiredValue(file), AlertFile.Parse, cancellationToken);
            shell.Table("", ["rule", "severity", "figure", "of", "window", "#raise", "#clear"], rules.Rules.Select(rule => new[]
            {
                rule.Name, rule.Severity.ToString(), rule.Figure + (rule.IsPerLoan ? " per loan" : "") + (rule.Trigger.Length > 0 ? $" '{rule.Trigger}'" : ""), rule.Of.ToString(),
                rule.WindowSeconds > 0 ? $"{Number(rule.WindowSeconds)} s" : "", Number(rule.Raise), Number(rule.Clear),
            }));
            shell.Line($"{rules.Name}: {rules.Rules.Length} rules");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command List(Shell shell)
    {
        var tenant = new Option<uint>("--tenant") { Description = "Only alerts of this tenant; 0 is all" };
        var take = new Option<int>("--take") { Description = "Most alerts listed, 1 to 1000; all are counted", DefaultValueFactory = _ => 100 };
        var isChinese = new Option<bool>("--chinese") { Description = "Chinese texts instead of English" };
        var command = new Command("list", "The alerts that stand, the most severe first") { tenant, take, isChinese };
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var channel = client.Connect(parse);
            var reply = await channel.UnaryAsync(Calls.ListAlerts, new ListAlertsRequest { Tenant = parse.GetValue(tenant), Take = parse.GetValue(take) }, new CallOptions { CancellationToken = cancellationToken });
            if (client.IsJson(parse)) shell.Message(reply);
            else AlertView.Write(shell, reply, parse.GetValue(isChinese));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
