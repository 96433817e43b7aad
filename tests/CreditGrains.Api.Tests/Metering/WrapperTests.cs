using CreditGrains.Api.Metering;
using CreditGrains.Api.Security.Access;
using CreditGrains.Engine;

namespace CreditGrains.Api.Tests.Metering;

/// <summary>Engines around an engine.</summary>
public sealed class WrapperTests
{
    // A member with a default would otherwise answer for itself, and the engine within would never be asked.
    [Theory]
    [InlineData(typeof(MeteredEngine))]
    [InlineData(typeof(PrincipalEngine))]
    public void Wrapper_OfAnEngine_ForwardsEveryMember(Type wrapper)
    {
        var map = wrapper.GetInterfaceMap(typeof(ICreditEngine));
        var missing = map.InterfaceMethods.Where((_, place) => map.TargetMethods[place]?.DeclaringType != wrapper).Select(method => method.Name);
        Assert.Empty(missing);
    }
}
