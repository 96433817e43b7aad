using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Tests.Services;
using CreditGrains.Api.Transport.Health;
using CreditGrains.Api.Transport.Reflection;
using CreditGrains.Api.Transport.Server;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Api.Tests.Security;

/// <summary>The tables of who may do what are whole: a new method or command without a row fails here, and is refused at run time.</summary>
public sealed class MethodRulesTests
{
    private static readonly string[] Services = ["LimitService", "ControlService", "PoolService", "RiskService"];

    [Fact]
    public void Rules_AgainstTheMethodsServed_AreTheSameSet() =>
        Assert.Equal(Served(), MethodRules.All.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Rules_Each_LetsSomebodyIn() => Assert.DoesNotContain(MethodRules.All, row => row.Value.AnyOf == Roles.None);

    [Fact]
    public void Prepare_AMethodWithoutARule_DoesNotStart()
    {
        var gate = AccessGate.Open(TimeProvider.System);
        gate.Prepare(Served());
        var fault = Assert.Throws<InvalidOperationException>(() => gate.Prepare([.. Served(), "/creditgrains.v1.LimitService/Gift"]));
        Assert.Contains("/creditgrains.v1.LimitService/Gift", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CommandRoles_EveryKind_HasARoleExactlyWhenCallersMaySendIt()
    {
        foreach (var kind in Enum.GetValues<CommandKind>())
            Assert.Equal(kind.IsForCallers(), CommandRoles.Of(kind) != Roles.None);
    }

    [Fact]
    public void CommandRoles_AgainstTheMethodOfTheSameName_AreTheSame()
    {
        foreach (var kind in Enum.GetValues<CommandKind>().Where(kind => kind.IsForCallers()))
        {
            // Parts of files have no method of their own: RegisterModel and RegisterPolicy send them.
            var name = kind == CommandKind.PutContent ? CommandKind.RegisterModel : kind;
            var rule = Array.ConvertAll(Services, service => MethodRules.Find($"/creditgrains.v1.{service}/{name}")).Single(found => found is not null);
            Assert.Equal((kind, CommandRoles.Of(kind)), (kind, rule!.AnyOf));
        }
    }

    private static IReadOnlyList<string> Served()
    {
        var table = new ServiceTable();
        CreditGrainsApi.Bind(table, new EngineAccess(new FakeEngine()));
        new HealthService().Bind(table);
        ReflectionService.Bind(table);
        return table.Methods;
    }
}
