import tools


def main():
    tools.hammer()
    return tools.saw()


main()
