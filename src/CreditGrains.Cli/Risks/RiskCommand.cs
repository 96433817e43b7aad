using System.CommandLine;
using System.Globalization;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Control;
using CreditGrains.Cli.Output;
using Google.Protobuf;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Risks;

/// <summary>creditgrains risk: models and policies of a running engine. Docs: docs/risk.md.</summary>
internal static class RiskCommand
{
    public static Command Create(Shell shell) => new("risk", "Models and policies of a running engine: register, activate, list, explain, monitor, backtest")
    {
        RegisterModel(shell), RegisterPolicy(shell), Activate(shell, isPolicy: false), Activate(shell, isPolicy: true), Versions(shell), Explain(shell), Monitor(shell),
        JobCommands.Backtest(shell), JobCommands.Job(shell), JobCommands.Cancel(shell), ReferralCommands.Review(shell), ReferralCommands.List(shell), ReferralCommands.Resolve(shell), OutcomesCommand.Create(shell),
    };

    private static Command RegisterModel(Shell shell)
    {
        var (name, file, version) = (Name(), File("Scorecard or logistic JSON, or ONNX"), Version());
        var reasons = new Option<string?>("--reasons") { Description = "File of reason texts, JSON", HelpName = "FILE" };
        var metadata = new Option<string>("--metadata") { Description = "Whatever goes with it, such as JSON", DefaultValueFactory = _ => "" };
        return Calling(shell, new Command("register-model", "Send a model's file and register a version; refused with line or node when malformed") { name, file, version, reasons, metadata }, async (call, parse, scope) =>
        {
            var request = new RegisterModelFileRequest
            {
                Tenant = scope.Tenant, LegalEntity = scope.LegalEntity, Name = parse.GetRequiredValue(name), Version = parse.GetValue(version), File = Read(parse.GetRequiredValue(file)),
                Reasons = parse.GetValue(reasons) is { } path ? Read(path) : ByteString.Empty, Metadata = parse.GetRequiredValue(metadata),
            };
            return Registered(call, await call.AskAsync(Calls.RegisterModel, request));
        });
    }

    private static Command RegisterPolicy(Shell shell)
    {
        var (name, file, version) = (Name(), File("DMN"), Version());
        var decision = new Option<string>("--decision") { Description = "Which of its decisions decides a request", Required = true };
        return Calling(shell, new Command("register-policy", "Send a policy's DMN file and register a version; refused with the line when malformed") { name, file, version, decision }, async (call, parse, scope) =>
        {
            var request = new RegisterPolicyFileRequest
            {
                Tenant = scope.Tenant, LegalEntity = scope.LegalEntity, Name = parse.GetRequiredValue(name), Version = parse.GetValue(version), File = Read(parse.GetRequiredValue(file)), Decision = parse.GetRequiredValue(decision),
            };
            return Registered(call, await call.AskAsync(Calls.RegisterPolicy, request));
        });
    }

    private static Command Activate(Shell shell, bool isPolicy)
    {
        var name = Name();
        var version = new Argument<int>("version") { Description = "Its version" };
        var role = new Option<VersionRole>("--role") { Description = isPolicy ? "acting, shadow or retired" : "acting, challenger, shadow or retired", Required = true };
        var maker = new Option<string>("--maker") { Description = "Who makes the change", Required = true };
        var checker = new Option<string>("--checker") { Description = "Who checked it, another than the maker; a shadow needs none", DefaultValueFactory = _ => "" };
        var share = new Option<int>("--share") { Description = "Challenger: share of accounts in millionths" };
        var from = new Option<long>("--from") { Description = "Writer time from which on, microseconds; left out: now" };
        var node = new Option<string?>("--node") { Description = "A node whose facilities it is for; left out: the whole legal entity", HelpName = "KIND/TENANT/ENTITY/ID" };
        var command = new Command(isPolicy ? "activate-policy" : "activate-model", "Give a version a role from a moment on; made by one principal and checked by another") { name, version, role, maker, checker, from, node };
        if (!isPolicy) command.Add(share);
        return Calling(shell, command, async (call, parse, scope) =>
        {
            var key = parse.GetValue(node) is { } text ? Api.Mapping.Keys.ToNode(KeyText.Node(text)) : null;
            var id = Api.Mapping.RequestIdentity.ToBytes(RequestIds.Draw());
            var (tenant, entity) = key is null ? (scope.Tenant, scope.LegalEntity) : (key.Tenant, key.LegalEntity);
            var decision = isPolicy
                ? await call.AskAsync(Calls.ActivatePolicy, new ActivatePolicyRequest
                {
                    RequestId = id, Tenant = tenant, LegalEntity = entity, Node = key, Name = parse.GetRequiredValue(name), Version = parse.GetValue(version), Role = parse.GetValue(role),
                    FromMicros = parse.GetValue(from), Maker = parse.GetRequiredValue(maker), Checker = parse.GetRequiredValue(checker),
                })
                : await call.AskAsync(Calls.ActivateModel, new ActivateModelRequest
                {
                    RequestId = id, Tenant = tenant, LegalEntity = entity, Node = key, Name = parse.GetRequiredValue(name), Version = parse.GetValue(version), Role = parse.GetValue(role),
                    SharePpm = parse.GetValue(share), FromMicros = parse.GetValue(from), Maker = parse.GetRequiredValue(maker), Checker = parse.GetRequiredValue(checker),
                });
            return DecisionView.Print(call.Shell, decision, "", call.IsJson);
        });
    }

    private static Command Versions(Shell shell) => Calling(shell, new Command("versions", "Registered versions, and which roles they were given"), async (call, _, scope) =>
    {
        var reply = await call.AskAsync(Calls.ListVersions, new ListVersionsRequest { Tenant = scope.Tenant, LegalEntity = scope.LegalEntity });
        if (call.IsJson) call.Shell.Message(reply);
        else
        {
            call.Shell.Table("versions", ["kind", "name", "#version", "sha256"], reply.Versions.Select(one => new[] { one.IsPolicy ? "policy" : "model", one.Name, $"{one.Version_}", one.Sha256[..12] }));
            call.Shell.Table("roles", ["scope", "name", "#version", "role", "from", "maker", "checker"], reply.Activations.Select(one => new[]
            {
                one.Scope.Id == 0 ? "legal entity" : NodeText.Of(one.Scope), one.Name, $"{one.Version}", $"{one.Role}{(one.SharePpm > 0 ? $" {one.SharePpm / 10_000.0:0.##} %" : "")}", TimeText.Of(one.FromMicros), one.Maker, one.Checker,
            }));
        }
        return ExitCode.Ok;
    });

    private static Command Explain(Shell shell)
    {
        var id = new Argument<long>("decision") { Description = "Its number" };
        return Calling(shell, new Command("explain", "Why a decision's score is what it is") { id }, async (call, parse, _) =>
        {
            var reply = await call.AskAsync(Calls.Explain, new ExplainRequest { DecisionId = parse.GetValue(id) });
            if (call.IsJson)
            {
                call.Shell.Message(reply);
                return ExitCode.Ok;
            }
            DecisionView.Print(call.Shell, reply.Decision, "", json: false);
            if (reply.Inputs.Count > 0) call.Shell.Line($"  score in {reply.Unit}, probability of the bad event {reply.Probability:F4}, compared with {reply.Background}");
            foreach (var factor in reply.Factors) call.Shell.Line($"  {factor.Weight,10:F3}  {factor.Reason.Code} {factor.Reason.English} / {factor.Reason.Chinese}");
            return ExitCode.Ok;
        });
    }

    private static Command Monitor(Shell shell) => Calling(shell, new Command("monitor", "How model versions do: drift, separation, rates, alarms"), async (call, _, scope) =>
    {
        var reply = await call.AskAsync(Calls.GetMonitoring, new GetMonitoringRequest { Tenant = scope.Tenant, LegalEntity = scope.LegalEntity });
        if (call.IsJson) call.Shell.Message(reply);
        else
        {
            call.Shell.Table("models", ["model", "role", "#decisions", "#approved", "#PSI", "drift", "#matured", "#bad", "#AUC", "#KS"], reply.Models.Select(one => new[]
            {
                $"{one.Model}@{one.Version}", one.Role.ToString(), Number(one.Decisions), Ratio(one.ApprovalRatio), Ratio(one.Psi), one.Drift, Number(one.Matured), Ratio(one.BadRatio), Ratio(one.Auc), Ratio(one.Ks),
            }));
            foreach (var one in reply.Models)
                foreach (var alarm in one.Alarms) call.Shell.Line($"{one.Model}@{one.Version}: {alarm}");
        }
        return reply.Models.Any(one => one.Alarms.Count > 0) ? ExitCode.Differences : ExitCode.Ok;
    });

    private static ExitCode Registered(Call call, RegisterReply reply)
    {
        if (call.IsJson) call.Shell.Message(reply);
        else if (reply.Version > 0) call.Shell.Line($"version {reply.Version}, sha256 {reply.Sha256}{(reply.Decision.Kind == OutcomeKind.Posted ? "" : ", registered before")}");
        else DecisionView.Print(call.Shell, reply.Decision, "", json: false);
        return reply.Version > 0 ? ExitCode.Ok : DecisionView.CodeOf(reply.Decision);
    }

    internal static Command Calling(Shell shell, Command command, Func<Call, ParseResult, (uint Tenant, uint LegalEntity), Task<ExitCode>> run)
    {
        var tenant = new Option<uint>("--tenant") { Description = "Tenant", DefaultValueFactory = _ => 1 };
        var entity = new Option<uint>("--entity") { Description = "Legal entity", DefaultValueFactory = _ => 1 };
        command.Add(tenant);
        command.Add(entity);
        var client = new ClientOptions().AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var channel = client.Connect(parse);
            return (int)await run(new Call(shell, channel, client.IsJson(parse), cancellationToken), parse, (parse.GetValue(tenant), parse.GetValue(entity)));
        });
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = "Its name: letters, digits, dot, underscore, hyphen" };

    private static Argument<string> File(string what) => new("file") { Description = what };

    private static Option<int> Version() => new("--version-number") { Description = "Its version; left out: one more than the newest", HelpName = "N" };

    private static ByteString Read(string path) =>
        System.IO.File.Exists(path) ? ByteString.CopyFrom(System.IO.File.ReadAllBytes(path)) : throw CommandFault.Usage("FileError", $"{path} does not exist; check the path");

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Ratio(double value) => double.IsNaN(value) ? "" : value.ToString("F4", CultureInfo.InvariantCulture);

    internal sealed record Call(Shell Shell, RpcChannel Channel, bool IsJson, CancellationToken CancellationToken)
    {
        public async Task<TResponse> AskAsync<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, TRequest request)
            where TRequest : class, IMessage<TRequest>
            where TResponse : class, IMessage<TResponse> => await Channel.UnaryAsync(method, request, new CallOptions { CancellationToken = CancellationToken });
    }
}
