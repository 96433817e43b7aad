using System.Text;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Control;
using CreditGrains.Cli.Output;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Monitoring;
using CreditGrains.Risk.Training;
using Google.Protobuf;

namespace CreditGrains.Cli.Training;

/// <summary>Registers what was trained with a running engine and lets it run as a shadow: nobody's hand is needed, and nothing is decided by it. Promotion needs a checker.</summary>
internal static class ChallengerUpload
{
    private const string Maker = "creditgrains train";

    public static async Task<ExitCode> RunAsync(Shell shell, RpcChannel channel, TrainingRun run, uint tenant, uint entity, bool isJson, CancellationToken cancellationToken)
    {
        var call = new CallOptions { CancellationToken = cancellationToken };
        foreach (var (kind, file) in new[] { ("scorecard", run.ScorecardFile()), ("trees", run.TreesFile()) })
        {
            if (file is null) continue;
            var name = NameOf(run.Plan.Name, kind);
            var registered = await channel.UnaryAsync(Calls.RegisterModel, new RegisterModelFileRequest
            {
                Tenant = tenant, LegalEntity = entity, Name = name, File = ByteString.CopyFrom(file), Metadata = MetadataOf(run, ModelRegistry.Compile(file)),
            }, call);
            if (registered.Version == 0) return DecisionView.Print(shell, registered.Decision, "", isJson);
            var active = await channel.UnaryAsync(Calls.ActivateModel, new ActivateModelRequest
            {
                RequestId = RequestIdentity.ToBytes(RequestIds.Draw()), Tenant = tenant, LegalEntity = entity, Name = name, Version = registered.Version, Role = VersionRole.Shadow, Maker = Maker,
            }, call);
            if (active.Kind != OutcomeKind.Posted) return DecisionView.Print(shell, active, "", isJson);
            if (isJson) shell.Record(new { Model = name, registered.Version, registered.Sha256, Role = "shadow" });
            else shell.Line($"shadow    {name}@{registered.Version}; to promote it: creditgrains risk activate-model {name} {registered.Version} --role acting --maker … --checker …");
        }
        return ExitCode.Ok;
    }

    /// <summary>The deciles of the training rows, against which drift is measured.</summary>
    internal static string MetadataOf(TrainingRun run, CompiledModel model)
    {
        var places = model.Inputs.Select(input => Array.IndexOf(run.Table.Names, input.Name)).ToArray();
        return DevelopmentDeciles.Of(model, [.. Enumerable.Range(0, run.Table.Rows).Select(row => places.Select(place => run.Table.Columns[place][row]).ToArray())]).ToMetadata();
    }

    private static string NameOf(string plan, string kind)
    {
        var name = new StringBuilder();
        foreach (var c in plan) name.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-');
        return $"{(name.Length > 48 ? name.ToString(0, 48) : name.ToString())}-{kind}";
    }
}
