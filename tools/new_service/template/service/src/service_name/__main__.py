from service_name.main import main

main()
