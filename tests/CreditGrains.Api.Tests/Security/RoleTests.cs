using System.Net;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;

namespace CreditGrains.Api.Tests.Security;

/// <summary>Every method by every role, over the wire. The table stands here a second time, by hand: what the code says is not the measure.</summary>
public sealed class RoleTests
{
    private const string Roles = "decide read risk operate";

    private static readonly Dictionary<string, string> Allowed = new(StringComparer.Ordinal)
    {
        ["LimitService"] = """
            Authorize decide | IncreaseHold decide | Drawdown decide | Capture decide | ClearWithoutHold decide | Repay decide | ClearRepayment decide
            | ReverseRepayment decide | Refund decide | Chargeback decide | PostInterest decide | PostFee decide | WriteOff decide | Recover decide
            | Adjust operate | ImportLoan operate | Void decide operate | Reverse decide | ResolveReferral risk | Execute decide risk operate | ExecuteBatch decide risk operate
            | AuthorizeBatch decide
            """,
        ["ControlService"] = """
            OpenNode operate | OpenFacility operate | LinkNode operate | UnlinkNode operate | MoveFacility operate | SetLimit risk | SetSubLimit risk
            | SetVelocityLimit risk | SetReviewThreshold risk | Freeze risk operate | Unfreeze risk operate | Close operate | SetFxRate operate
            | AdvanceBusinessDate operate | ReportBankDebt risk operate | TransferToPool operate | ConfirmClock operate | Snapshot operate
            """,
        ["QueryService"] = "GetFacility read | GetFacilityAsOf read | GetNode read | ListNodes read | GetDecision read | GetHistory read | GetStatus read operate",
        ["ApprovalService"] = "Propose risk operate | Reject risk operate | Approve risk | ListProposals risk operate read",
        ["RiskService"] = """
            RegisterModel risk | RegisterPolicy risk | ActivateModel risk | ActivatePolicy risk | NoteOutcomes risk | StartBacktest risk | CancelJob risk | RequestReview risk operate
            | ListVersions read risk | Score read risk | ListReferrals read risk | Explain read | GetMonitoring read | GetJob read risk | ListJobs read risk
            """,
        ["VaultService"] = "PutPersonalData operate | GetPersonalData operate risk | ForgetPersonalData",
    };

    [Fact]
    public async Task EveryMethod_ByEveryRole_IsForThoseOfTheTable()
    {
        await using var server = await SecuredServer.StartAsync();
        var keys = Roles.Split(' ').ToDictionary(role => role, role => server.AddKey(role, tenant: 0, role));
        await SettleAsync(server, keys["operate"]);
        var wrong = new List<string>();
        foreach (var (service, table) in Allowed)
        {
            foreach (var row in table.Split('|', StringSplitOptions.TrimEntries))
            {
                var parts = row.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
                foreach (var (role, key) in keys)
                {
                    // An empty request: who may call is told that it is wrong, or is served; who may not, that they may not.
                    var (status, body, _) = await server.PostAsync($"/creditgrains.v1.{service}/{parts[0]}", "{}", key);
                    var isDenied = status == HttpStatusCode.Forbidden && ((string)body["message"]!).StartsWith("RoleMissing", StringComparison.Ordinal);
                    if (isDenied == parts.Skip(1).Contains(role)) wrong.Add($"{parts[0]} by {role}: {(int)status}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("""{"set_limit":{"request_uuid":"ID","node":{"tenant":1,"legal_entity":1,"id":1001,"kind":"NODE_KIND_FACILITY"},"limit":1}}""")]
    [InlineData("""{"adjust":{"request_uuid":"ID","facility":{"tenant":1,"legal_entity":1,"id":1001},"principal_delta":1,"currency":"EUR"}}""")]
    [InlineData("""{"open_node":{"request_uuid":"ID","node":{"tenant":1,"legal_entity":1,"id":7,"kind":"NODE_KIND_REGION"},"currency":"EUR","limit":1}}""")]
    public async Task Execute_OfAKindBeyondTheRole_IsDeniedThoughTheMethodIsNot(string command)
    {
        await using var server = await SecuredServer.StartAsync();
        var key = server.AddKey("pos", tenant: 1, "decide");
        await SettleAsync(server, key);
        var text = command.Replace("ID", SecuredServer.NewId(), StringComparison.Ordinal);
        var (status, body, _) = await server.PostAsync("/creditgrains.v1.LimitService/Execute", text, key);
        Assert.Equal((HttpStatusCode.Forbidden, "PERMISSION_DENIED"), (status, (string)body["code"]!));
        var before = await server.Running.Engine.GetStatusAsync();
        (status, body, _) = await server.PostAsync("/creditgrains.v1.LimitService/ExecuteBatch", $$$"""{"commands":[{"authorize":{"request_uuid":"{{{SecuredServer.NewId()}}}","facility":{"tenant":1,"legal_entity":1,"id":1001},"amount":1,"currency":"EUR"}},{{{text}}}]}""", key);
        Assert.Equal((HttpStatusCode.Forbidden, "PERMISSION_DENIED"), (status, (string)body["code"]!));
        Assert.Equal(before.LastSequence, (await server.Running.Engine.GetStatusAsync()).LastSequence);
    }

    [Fact]
    public async Task EngineWideMethods_ByAKeyOfOneTenant_AreDenied()
    {
        await using var server = await SecuredServer.StartAsync();
        var key = server.AddKey("tenant-admin", tenant: 1, "admin");
        await SettleAsync(server, key);
        foreach (var path in (string[])["ControlService/Snapshot", "ControlService/ConfirmClock", "QueryService/GetStatus"])
        {
            var (status, body, _) = await server.PostAsync($"/creditgrains.v1.{path}", "{}", key);
            Assert.Equal(HttpStatusCode.Forbidden, status);
            Assert.StartsWith("OutsideScope", (string)body["message"]!, StringComparison.Ordinal);
        }
    }

    /// <summary>Waits until the server has seen the key.</summary>
    internal static async Task SettleAsync(SecuredServer server, string key)
    {
        var channel = server.Client(key);
        var until = DateTime.UtcNow.AddSeconds(20);
        while (true)
        {
            try
            {
                await channel.UnaryAsync(
                    RpcMethod.Of<Api.Transport.Health.V1.HealthCheckRequest, Api.Transport.Health.V1.HealthCheckResponse>(
                        Api.Transport.Health.V1.HealthReflection.Descriptor.Services[0], "Check"),
                    new Api.Transport.Health.V1.HealthCheckRequest());
                return;
            }
            catch (RpcException e) when (e.Code == StatusCode.Unauthenticated && DateTime.UtcNow < until)
            {
                await Task.Yield();
            }
        }
    }
}
