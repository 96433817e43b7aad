using System.CommandLine;
using CreditGrains.Api.Mapping;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Control;
using CreditGrains.Cli.Loans;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Commands;
using CreditGrains.Securitisation.Pools;
using Command = System.CommandLine.Command;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Pools.Live;

/// <summary>creditgrains pool define: gives a pool of a server its terms, and opens its node first when there is none.</summary>
internal static class PoolDefineCommand
{
    public static Command Create(Shell shell)
    {
        var options = new LiveOptions();
        var file = new Option<string>("--terms") { Description = "Terms of the pool, JSON; docs/pools.md", HelpName = "FILE", Required = true };
        var command = new Command("define", "Give a pool of a server its terms; a node that is not there is opened first, without a limit") { file };
        options.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var key = options.KeyOf(parse);
            var path = parse.GetRequiredValue(file);
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            var terms = await Cashflows.CashflowInputs.ReadAsync(path, PoolFile.Parse, cancellationToken);
            using var channel = options.Connect(parse);
            var node = await channel.UnaryAsync(Calls.GetNode, new V1.GetNodeRequest { Node = Keys.ToNode(key) }, LiveViewCommands.With(cancellationToken));
            if (node.Node is null)
            {
                var opened = await ExecuteAsync(new OpenNode(key, terms.Currency, Domain.Commands.Command.AmountMax, default, []));
                if (opened.Kind != V1.OutcomeKind.Posted) return (int)DecisionView.Print(shell, opened, terms.Currency.Code, options.FormatOf(parse) == PrintFormat.Json);
            }

            var decision = await ExecuteAsync(new DefinePool(key, bytes));
            if (decision.Kind == V1.OutcomeKind.Posted) shell.Note($"{key}: '{terms.Name}' in {terms.Currency}, cut-off {terms.CutOff:yyyy-MM-dd}, {terms.Eligibility.Length} eligibility and {terms.Concentrations.Length} concentration rules, {terms.Triggers.Length} triggers");
            return (int)DecisionView.Print(shell, decision, terms.Currency.Code, options.FormatOf(parse) == PrintFormat.Json);

            async Task<V1.Decision> ExecuteAsync(ControlCommand control)
            {
                var sent = Domain.Commands.Command.Of(RequestIds.From(null), control);
                return await Sending.ExecuteAsync(channel, CommandMapping.Write(sent), $"--id {sent.Id}", cancellationToken);
            }
        });
        return command;
    }
}
